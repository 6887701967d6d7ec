package dimse

import (
	"context"
	"slices"
	"strings"

	"eris/dicom"
	"eris/sync/ul"
)

// accept decides about an association: strangers are rejected, of the others'
// contexts those are accepted that something here answers.
func (s *Server) accept(ctx context.Context, i *ul.Indication) ul.Answer {
	policy := ul.Policy{AETitle: string(s.AETitle), Networks: s.Networks}
	for _, caller := range s.Callers {
		policy.Callers = append(policy.Callers, string(caller))
	}
	answer := policy.Accept(ctx, i)
	if answer.Reject != nil {
		return answer
	}
	for at := range answer.Contexts {
		c := &answer.Contexts[at]
		*c = i.Contexts[at]
		s.decide(c)
	}
	answer.Extended = s.extended(i)
	return answer
}

// decide answers one context.
func (s *Server) decide(c *ul.Context) {
	choose, offered := plainest, false
	switch class := c.AbstractSyntax; {
	case class == Verification:
		offered, c.SCP = true, false
	case class == StudyRootFind, class == PatientRootFind, class == StudyRootGet, class == PatientRootGet:
		offered, c.SCP = s.Cache != nil, false
	case class == StorageCommitment: // the archive asks for the association and is SCP
		offered = s.Committed != nil
	case class == PerformedProcedure:
		offered, c.SCP = s.Steps != nil, false
	case isStorage(class):
		c.SCP = c.SCP && s.Cache != nil // it takes what a C-GET sends
		if c.SCP {
			offered = true
		} else {
			choose, offered = asSent, true
		}
	}
	if !offered {
		c.Result = ul.AbstractSyntaxNotSupported
		return
	}
	if c.TransferSyntax = choose(c.TransferSyntaxes); c.TransferSyntax == "" {
		c.Result = ul.TransferSyntaxesNotSupported
		return
	}
	c.Result = ul.Accepted
}

// extended answers that relational queries are possible, and nothing more (PS3.4
// C.5.1.1).
func (s *Server) extended(i *ul.Indication) []ul.ExtendedNegotiation {
	var list []ul.ExtendedNegotiation
	for _, e := range i.Extended {
		if s.Cache == nil || e.SOPClass != StudyRootFind && e.SOPClass != PatientRootFind || len(e.Info) == 0 {
			continue
		}
		info := make([]byte, len(e.Info))
		info[0] = e.Info[0]
		list = append(list, ul.ExtendedNegotiation{SOPClass: e.SOPClass, Info: info})
	}
	return list
}

// isStorage reports a storage SOP class: one that is known, one that the standard
// may add, or a private one, which is what modalities have private classes for.
func isStorage(class dicom.UID) bool {
	return strings.HasPrefix(string(class), storageRoot) || !strings.HasPrefix(string(class), "1.2.840.10008.") || slices.Contains(otherClasses, class)
}

// plainest prefers what can be read and written here without a codec; else the
// first.
func plainest(proposed []dicom.UID) dicom.UID {
	for _, plain := range plainSyntaxes {
		if slices.Contains(proposed, plain) {
			return plain
		}
	}
	return first(proposed)
}

// asSent is the syntax that the sender names first, which is mostly the one its
// objects have; of the plain ones the explicit, which keeps private VRs.
func asSent(proposed []dicom.UID) dicom.UID {
	if one := first(proposed); !slices.Contains(plainSyntaxes, one) && !slices.Contains(rareSyntaxes, one) {
		return one
	}
	return plainest(proposed)
}

func first(proposed []dicom.UID) dicom.UID {
	if len(proposed) == 0 {
		return ""
	}
	return proposed[0]
}
