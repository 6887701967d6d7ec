package invoke

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// socketName lies in the cache's folder: who may not read that may not ask either.
const socketName = "open.sock"

// handTime is how long the other side may take.
const handTime = 3 * time.Second

// answer is what the running workstation says when it has understood.
const answer = "ok\n"

// Hand hands an address (empty: only come to the front) to the workstation that
// runs on the cache in dir; done is false when none does.
func Hand(ctx context.Context, dir, address string) (done bool) {
	ctx, cancel := context.WithTimeout(ctx, handTime)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "unix", filepath.Join(dir, socketName))
	if err != nil {
		return false
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(handTime))
	if _, err := io.WriteString(conn, address+"\n"); err != nil {
		return false
	}
	said, err := bufio.NewReader(conn).ReadString('\n')
	return err == nil && said == answer
}

// Listen takes what others hand over, until stop. The cache is locked by the one
// who calls, so that a socket that lies there is a dead one's.
func Listen(dir string, show func(address string)) (stop func(), err error) {
	path := filepath.Join(dir, socketName)
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	var work sync.WaitGroup
	work.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			take(conn, show)
		}
	})
	return func() { l.Close(); work.Wait() }, nil
}

func take(conn net.Conn, show func(address string)) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(handTime))
	line, err := bufio.NewReader(io.LimitReader(conn, mostAddress+1)).ReadString('\n')
	if err != nil {
		return
	}
	show(strings.TrimSpace(line))
	io.WriteString(conn, answer)
}
