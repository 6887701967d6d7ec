package origin

import (
	"io"
	"net/http"
	"time"
)

// leastRate is how many bytes per second a client must send in the long run: a
// hundredth of the thinnest link there is.
const leastRate = 1000

// patient bounds the size of a request, and ends one whose client neither
// sends nor takes for too long, or only drop by drop. A large study over a thin
// line takes what it takes.
func (s *server) patient(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		r.Body = &timedBody{ReadCloser: http.MaxBytesReader(w, r.Body, s.MaxBody), control: control, stall: s.Stall, start: time.Now()}
		next.ServeHTTP(&timedWriter{w, control, s.Stall}, r)
		control.SetWriteDeadline(time.Now().Add(s.Stall)) // what is left goes out when the handler is done
	})
}

// timedBody is a request's body that must come on. Deadlines that the
// connection does not know are none.
type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
	stall   time.Duration
	start   time.Time
	read    int64
}

// Read waits for the client for the stall time at most.
func (b *timedBody) Read(p []byte) (int, error) {
	end := time.Now().Add(b.stall)
	if slow := b.start.Add(b.stall + time.Duration(b.read)*(time.Second/leastRate)); slow.Before(end) {
		end = slow
	}
	b.control.SetReadDeadline(end)
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	if err == io.EOF {
		b.control.SetReadDeadline(time.Time{}) // a client that waits for its answer says nothing
	}
	return n, err
}

// timedWriter is an answer that must be taken.
type timedWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	stall   time.Duration
}

// writePiece is what a client must take within the stall time, in bytes.
const writePiece = 32 << 10

// Write waits for the client for the stall time for every piece.
func (w *timedWriter) Write(p []byte) (written int, err error) {
	for err == nil {
		var n int
		w.control.SetWriteDeadline(time.Now().Add(w.stall))
		n, err = w.ResponseWriter.Write(p[:min(writePiece, len(p))])
		written, p = written+n, p[n:]
		if len(p) == 0 {
			break
		}
	}
	return written, err
}

// Unwrap gives http.ResponseController the writer below.
func (w *timedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
