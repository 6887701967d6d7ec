package ul

import "context"

// Receive waits for the next fragment. It gives io.EOF after an orderly release.
// When ctx ends, nothing is lost and the association goes on.
func (a *Association) Receive(ctx context.Context) (PDV, error) {
	select {
	case a.receiving <- struct{}{}:
		defer func() { <-a.receiving }()
	case <-ctx.Done():
		return PDV{}, context.Cause(ctx)
	}
	for {
		if a.current != nil {
			if v, ok := a.current.next(); ok {
				return v, nil
			}
			a.current.free()
			a.current = nil
		}
		select {
		case a.current = <-a.data:
		case <-a.over:
			return PDV{}, a.cause
		case <-ctx.Done():
			return PDV{}, context.Cause(ctx)
		}
	}
}
