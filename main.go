// Command eris is the desktop workstation of a city's radiological archive.
package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"eris/app"
	"eris/app/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A person at a terminal gets answers, not a log; ERIS_LOG=debug or info shows it.
	level := slog.LevelWarn
	if err := level.UnmarshalText([]byte(os.Getenv("ERIS_LOG"))); err != nil {
		level = slog.LevelWarn
	}
	slog.SetLogLoggerLevel(level)
	os.Exit(command.Main(ctx, os.Args[1:], os.Stdout, os.Stderr, app.Desktop{}))
}
