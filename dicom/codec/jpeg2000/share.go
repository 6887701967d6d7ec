package jpeg2000

import "sync"

// share divides the numbers below n among goroutines and waits for them.
func share(workers, n int, do func(from, to int)) {
	var group sync.WaitGroup
	for i := range workers {
		from, to := n*i/workers, n*(i+1)/workers
		group.Go(func() { do(from, to) })
	}
	group.Wait()
}
