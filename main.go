// Command eris is the desktop workstation of a city's radiological archive.
package main

import (
	"context"
	"os"
	"os/signal"

	"eris/app"
	"eris/app/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(command.Main(ctx, os.Args[1:], os.Stdout, os.Stderr, app.Desktop{}))
}
