package main

import (
	"context"
	"fmt"
	"time"

	"eris/store"
)

// cityStudies is a city's worth of a department's index.
const cityStudies = 100_000

// searches measures the search by the beginning of a name.
func (b *bench) searches(ctx context.Context) ([]Row, error) {
	dir, err := b.cityCache(ctx)
	if err != nil {
		return nil, err
	}
	var took []float64
	err = b.inCache(ctx, dir, func(s *store.Store) error {
		for range b.runs {
			each, err := search(ctx, s)
			if err != nil {
				return err
			}
			took = append(took, middle(each))
		}
		return nil
	})
	return []Row{limited("search by name among 100,000 studies", took, "ms", AtMost, 20)}, err
}

// search looks for each family by a prefix, as if it were typed.
func search(ctx context.Context, s *store.Store) (took []time.Duration, err error) {
	for _, family := range families {
		for letters := 3; letters <= 5; letters++ {
			prefix := string([]rune(family)[:letters])
			start := time.Now()
			found, err := s.Studies(ctx, store.StudyFilter{Name: prefix, Limit: 200})
			if err != nil || len(found) == 0 {
				return nil, fmt.Errorf("search %q: %d found: %w", prefix, len(found), err)
			}
			took = append(took, time.Since(start))
		}
	}
	return took, nil
}

// cityCache is the cache of the city, made once.
func (b *bench) cityCache(ctx context.Context) (string, error) {
	if b.cityDir == "" {
		dir, err := b.city(ctx, cityStudies)
		if err != nil {
			return "", err
		}
		b.cityDir = dir
	}
	return b.cityDir, nil
}
