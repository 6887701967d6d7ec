package clinic

// Edits counts wrong, missing, added and swapped letters between a word and an
// entry of a list; the ending of the word is free when the entry is a stem.
func Edits(word, entry []rune, stem bool) int {
	older, before, row := make([]int, len(entry)+1), make([]int, len(entry)+1), make([]int, len(entry)+1)
	for j := range row {
		row[j] = j
	}
	best := row[len(entry)]
	for i := 1; i <= len(word); i++ {
		older, before, row = before, row, older
		row[0] = i
		for j := 1; j <= len(entry); j++ {
			cost := 1
			if word[i-1] == entry[j-1] {
				cost = 0
			}
			row[j] = min(before[j]+1, row[j-1]+1, before[j-1]+cost)
			if i > 1 && j > 1 && word[i-1] == entry[j-2] && word[i-2] == entry[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
		best = min(best, row[len(entry)])
	}
	if stem {
		return best
	}
	return row[len(entry)]
}
