package main

import "context"

// chaoses kills a workstation between two real archives: ERIS_CHAOS_KILLS times,
// ERIS_CHAOS_SEED says when.
func (b *bench) chaoses(ctx context.Context) ([]Row, error) {
	m, why, err := b.metrics(ctx, "app/desk", "BenchmarkChaos", "1x", "kills", "interrupted", "measured", "lost", "doubled")
	if err != nil {
		return nil, err
	}
	if why != "" {
		return []Row{skipped("killed in the middle of transfers", why)}, nil
	}
	kills := limited("killed in the middle of transfers", []float64{m["interrupted"]}, "times", AtLeast, m["kills"])
	kills.Against, kills.Wanted = "of kills: "+number(m["kills"]), 0
	return []Row{kills,
		none("lost in the cache or the archives after that", m["lost"], "objects"),
		none("there twice after that", m["doubled"], "objects"),
	}, nil
}
