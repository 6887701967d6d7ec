package main

import (
	"os"
	"strings"
	"testing"
)

func TestReadResident(t *testing.T) {
	got, err := readResident(strings.NewReader("Name:\teris\nVmHWM:\t  999999 kB\nVmRSS:\t  307200 kB\nThreads:\t9\n"))
	if err != nil || got != 300 {
		t.Errorf("%g MB, %v", got, err)
	}
	if _, err := readResident(strings.NewReader("Name:\teris\n")); err == nil {
		t.Error("a status without VmRSS is no error")
	}
}

func TestResidentOfThisProcess(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc here")
	}
	if got, err := resident(os.Getpid()); err != nil || got < 1 {
		t.Errorf("%g MB, %v", got, err)
	}
}
