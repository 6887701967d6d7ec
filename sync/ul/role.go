package ul

import "eris/dicom"

// rolesOf are the role selections for contexts: one for each SOP class with a
// role that is said.
func rolesOf(contexts []Context) []role {
	var list []role
	place := map[dicom.UID]int{}
	for _, c := range contexts {
		if !c.SCU && !c.SCP {
			continue
		}
		at, known := place[c.AbstractSyntax]
		if !known {
			at = len(list)
			place[c.AbstractSyntax] = at
			list = append(list, role{sopClass: c.AbstractSyntax})
		}
		list[at].scu |= flag(c.SCU)
		list[at].scp |= flag(c.SCP)
	}
	return list
}

// agreed are the requestor's roles after the answer: what was proposed and
// taken. Without an answer it is SCU (PS3.7 D.3.3.4).
func agreed(proposed Context, answer []role) (scu, scp bool) {
	for _, r := range answer {
		if r.sopClass == proposed.AbstractSyntax && (proposed.SCU || proposed.SCP) {
			return proposed.SCU && r.scu == 1, proposed.SCP && r.scp == 1
		}
	}
	return true, false
}

// withRoles writes proposed roles into the contexts they belong to.
func withRoles(contexts []Context, roles []role) {
	for i := range contexts {
		for _, r := range roles {
			if r.sopClass == contexts[i].AbstractSyntax {
				contexts[i].SCU, contexts[i].SCP = r.scu == 1, r.scp == 1
			}
		}
	}
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}
