package transfer

import "time"

// thinPace is the pace in bytes per second below which a link is thin: an hour
// for a CT of 2 GB at a quarter of it.
const thinPace = 1 << 20

// Least that must have come, or least time that must have passed, for a pace to be believed.
const (
	paceBytes = 1 << 20
	paceTime  = 3 * time.Second
)

// link is what is known of the way to a node.
type link struct {
	limit int64   // bytes per second that it may take; 0 is no limit
	pace  float64 // bytes per second that came lately; 0 is not known
	slow  bool    // the last small question took long
	asked bool    // there was one
}

// thin says that a study takes so long that its parts must come in the order
// in which people need them.
func (l link) thin() bool {
	switch {
	case l.limit > 0 && l.limit < thinPace:
		return true
	case l.pace > 0:
		return l.pace < thinPace
	}
	return l.slow
}

// maybeThin is thin, or nothing is known yet.
func (l link) maybeThin() bool { return l.thin() || l.limit == 0 && l.pace == 0 && !l.asked }

// measure learns from what has come in some time, of which jobs had a share each.
func (l *link) measure(bytes int64, in time.Duration, jobs int) {
	if bytes == 0 || bytes < paceBytes && in < paceTime {
		return
	}
	l.pace = float64(bytes) * float64(max(jobs, 1)) / max(in, time.Millisecond).Seconds()
}
