package identity_test

import (
	"math/rand/v2"
	"testing"

	"eris/clinic/identity"
)

// TestPopulation holds the links to what a city needs of them: of the automatic
// ones 99.99 % right, and nine of ten true ones found. Automatic links are
// counted over all records, candidates over a sample of questions.
func TestPopulation(t *testing.T) {
	persons, questions := 100_000, 8000
	if testing.Short() {
		persons, questions = 10_000, 1000
	}
	r := rand.New(rand.NewPCG(5, 26))
	all := records(r, makeCity(r, persons))
	index, of := map[string][]int{}, map[int][]int{}
	for i, rec := range all {
		of[rec.person] = append(of[rec.person], i)
		for _, key := range rec.Blocks() {
			index[key] = append(index[key], i)
		}
	}
	found := func(i int) map[int]bool {
		list := map[int]bool{}
		for _, key := range all[i].Blocks() {
			for _, j := range index[key] {
				list[j] = list[j] || j != i
			}
		}
		return list
	}

	right, wrong := automatic(t, all, index)
	var truePairs, linked, offered, candidates, conflicts, compared int
	for range questions {
		i := r.IntN(len(all))
		truePairs += len(of[all[i].person]) - 1
		for j, other := range found(i) {
			if !other {
				continue
			}
			compared++
			same := all[i].person == all[j].person
			switch m := all[i].Compare(all[j].Person); m.Confidence {
			case identity.Certain:
				if same {
					linked++
				}
			case identity.Candidate:
				candidates++
				if same {
					offered++
				}
			case identity.Conflict:
				conflicts++
			}
		}
	}
	precision := float64(right) / float64(right+wrong)
	recall := float64(linked+offered) / float64(truePairs)
	t.Logf("%d persons, %d records: %d automatic links, %d wrong: precision %.4f %%", persons, len(all), right+wrong, wrong, precision*100)
	t.Logf("%d questions, %.0f comparisons each: of %d true pairs %.1f %% linked by themselves, %.1f %% offered: recall %.2f %%", questions,
		float64(compared)/float64(questions), truePairs, 100*float64(linked)/float64(truePairs), 100*float64(offered)/float64(truePairs), recall*100)
	t.Logf("precision of candidates %.1f %% (%d), conflicts shown %d", 100*float64(offered)/float64(candidates), candidates, conflicts)
	if precision < 0.9999 || right < persons/2 {
		t.Errorf("precision of automatic links %.5f of %d", precision, right+wrong)
	}
	if recall < 0.9 {
		t.Errorf("recall %.4f", recall)
	}
}

// automatic counts the certain pairs of all records; each has a number in common.
func automatic(t *testing.T, all []record, index map[string][]int) (right, wrong int) {
	seen := map[[2]int]bool{}
	for key, list := range index {
		if key[:4] == "born" || key[:4] == "name" {
			continue
		}
		for n, i := range list {
			for _, j := range list[n+1:] {
				if seen[[2]int{i, j}] || all[i].Compare(all[j].Person).Confidence != identity.Certain {
					continue
				}
				seen[[2]int{i, j}] = true
				if all[i].person == all[j].person {
					right++
					continue
				}
				wrong++
				t.Logf("wrong: %+v, %+v", all[i].Patient, all[j].Patient)
			}
		}
	}
	return right, wrong
}
