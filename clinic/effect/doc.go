// Package effect counts what the check before a new scan has changed: how many
// cards were shown, how many priors were opened, what was decided and why, and
// which exposures were avoided. An archive that merely exists changes nothing;
// these figures say whether this one is looked at.
package effect
