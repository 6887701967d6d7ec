// Package window holds a program with a window from outside, as a person
// would: eyes on the screen, hands on keys and mouse.
//
//   - Display: a screen without a monitor (Xvfb) and the connection to it.
//   - Program: a running program and its window on a Display.
//   - Patch: a small part of the screen that is looked at again and again.
//
// It knows nothing of what the program is made of; smoke test and benchmark
// both use it. X11 only.
package window
