// Package deploy is the reference archive: scripts and configuration files in
// archive/. In Go it has its tests only.
package deploy
