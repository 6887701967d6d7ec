package dimse

import (
	"slices"
	"strings"

	"eris/dicom"
	"eris/sync/ul"
)

// images begins the UIDs of nearly all storage SOP classes (PS3.6 A.1).
const storageRoot = "1.2.840.10008.5.1.4.1.1."

// imageClasses are the storage SOP classes (PS3.4 B.5, with retired ones that
// archives still hold) whose pixel data may be compressed; common ones first.
var imageClasses = strings.Fields(`2 1 1.1 4 7 6.1 3.1 128 20 1.2 12.1 12.2 2.1 4.1 66.4 7.1 7.2 7.3 7.4 1.1.1 1.2.1 1.3 1.3.1 2.2 3
	4.3 4.4 5 6 6.2 12.1.1 12.2.1 12.3 13.1.1 13.1.2 13.1.3 13.1.4 13.1.5 14.1 14.2 30 66.7 66.8 77.1 77.1.1 77.1.1.1 77.1.2
	77.1.2.1 77.1.3 77.1.4 77.1.4.1 77.1.5.1 77.1.5.2 77.1.5.4 77.1.5.5 77.1.5.6 77.1.6 77.1.7 77.2 128.1 130 481.1 481.2
	501.1 501.2.1 501.2.2 501.3 501.4 501.5 501.6 601.1 601.2`)

// documentClasses are those without pixel data: reports, presentation states,
// waveforms, plans.
var documentClasses = strings.Fields(`88.11 88.22 88.33 88.67 88.59 11.1 104.1 481.3 481.5 88.34 88.35 88.40 88.50 88.65 88.68 88.69
	88.70 88.71 88.72 88.73 88.74 88.75 88.76 88.1 88.2 88.3 88.4 11 11.2 11.3 11.4 11.5 11.6 11.7 11.8 11.9 11.10 11.11 8 9 10
	4.2 9.1 9.1.1 9.1.2 9.1.3 9.2.1 9.3.1 9.4.1 9.4.2 9.5.1 9.6.1 9.6.2 9.7.1 9.7.2 9.7.3 9.7.4 9.8.1 66 66.1 66.2 66.3 66.5
	66.6 67 68.1 68.2 77.1.5.3 77.1.5.7 77.1.5.8 78.1 78.2 78.3 78.4 78.5 78.6 78.7 78.8 79.1 80.1 81.1 82.1 90.1 91.1 104.2
	104.3 104.4 104.5 129 131 200.1 200.2 200.3 200.8 481.4 481.6 481.7 481.8 481.9 481.10 481.11 481.12 481.13 481.14 481.15
	481.16 481.17 481.18 481.19 481.20 481.21 481.22`)

// otherClasses are storage SOP classes elsewhere in PS3.6 A.1.
var otherClasses = []dicom.UID{
	"1.2.840.10008.5.1.4.34.1", "1.2.840.10008.5.1.4.34.7", "1.2.840.10008.5.1.4.34.10", "1.2.840.10008.5.1.4.38.1",
	"1.2.840.10008.5.1.4.39.1", "1.2.840.10008.5.1.4.43.1", "1.2.840.10008.5.1.4.44.1", "1.2.840.10008.5.1.4.45.1",
}

// StorageClasses lists the storage SOP classes known here, what is common first:
// the table of the conformance statement. Others, private ones too, are
// negotiated when an archive names them, and are taken when they are sent.
func StorageClasses() []dicom.UID {
	list := make([]dicom.UID, 0, len(imageClasses)+len(documentClasses)+len(otherClasses))
	for _, class := range slices.Concat(imageClasses, documentClasses) {
		list = append(list, dicom.UID(storageRoot+class))
	}
	return append(list, otherClasses...)
}

// isDocument reports that objects of a class have no pixel data to compress.
func isDocument(class dicom.UID) bool {
	rest, ok := strings.CutPrefix(string(class), storageRoot)
	return slices.Contains(otherClasses, class) || ok && slices.Contains(documentClasses, rest)
}

// plainSyntaxes are those every peer can write.
var plainSyntaxes = []dicom.UID{dicom.ExplicitVRLittleEndian, dicom.ImplicitVRLittleEndian}

// rareSyntaxes are the other ones without compressed pixel data.
var rareSyntaxes = []dicom.UID{dicom.DeflatedExplicitVRLittleEndian, dicom.ExplicitVRBigEndian}

// packedSyntaxes hold compressed pixel data, the best of what an archive may
// choose from first. Which of them this program shows is another matter: objects
// are kept as they are.
var packedSyntaxes = withRest([]dicom.UID{
	dicom.JPEG2000Lossless, dicom.JPEGLosslessSV1, dicom.JPEGLSLossless, dicom.JPEGLossless, dicom.RLELossless,
	dicom.HTJ2KLossless, dicom.HTJ2KLosslessRPCL, dicom.JPEG2000, dicom.JPEGBaseline8Bit, dicom.JPEGExtended12Bit, dicom.JPEGLSNearLossless,
})

// withRest appends the other compressed syntaxes that package dicom can name.
func withRest(list []dicom.UID) []dicom.UID {
	for _, syntax := range slices.Concat(dicom.DecodableSyntaxes(), dicom.OutsideSyntaxes()) {
		if isPacked(syntax) && !slices.Contains(list, syntax) {
			list = append(list, syntax)
		}
	}
	return list
}

// syntaxesOf are the transfer syntaxes in which objects of a class may lie in an
// archive.
func syntaxesOf(class dicom.UID) []dicom.UID {
	if isDocument(class) {
		return slices.Concat(plainSyntaxes, rareSyntaxes)
	}
	return slices.Concat(plainSyntaxes, packedSyntaxes, rareSyntaxes)
}

// maxContexts is how many presentation contexts an association has at most
// (PS3.8 9.3.2.2).
const maxContexts = 128

// exactly proposes a class in each syntax apart, so that the sender of an object
// finds the one it has it in and changes nothing.
func exactly(class dicom.UID, role ul.Context) []ul.Context {
	var list []ul.Context
	for _, syntax := range syntaxesOf(class) {
		list = append(list, ul.Context{AbstractSyntax: class, TransferSyntaxes: []dicom.UID{syntax}, SCU: role.SCU, SCP: role.SCP})
	}
	return list
}

// receiving are the contexts in which objects of the classes can come by C-GET,
// the requestor being SCP (PS3.4 C.5.3.1), cut into associations with room for
// one further context each.
func receiving(classes []dicom.UID) [][]ul.Context {
	var all [][]ul.Context
	var one []ul.Context
	for _, class := range classes {
		contexts := exactly(class, ul.Context{SCP: true})
		if len(one) > 0 && len(one)+len(contexts) > maxContexts-1 {
			all, one = append(all, one), nil
		}
		one = append(one, contexts...)
	}
	return append(all, one)
}

// receivingAny is receiving for an archive that does not say what it has: each
// class known here in one context, whose syntax the archive chooses.
func receivingAny() [][]ul.Context {
	var contexts []ul.Context
	for _, class := range StorageClasses() {
		contexts = append(contexts, ul.Context{AbstractSyntax: class, TransferSyntaxes: syntaxesOf(class), SCP: true})
	}
	return slices.Collect(slices.Chunk(contexts, maxContexts-1))
}

// exactClasses are the classes that contexts propose in each syntax apart; nil
// when the archive is to choose the syntax.
func exactClasses(contexts []ul.Context) (classes []dicom.UID) {
	for _, c := range contexts {
		if len(c.TransferSyntaxes) != 1 {
			return nil
		}
		if !slices.Contains(classes, c.AbstractSyntax) {
			classes = append(classes, c.AbstractSyntax)
		}
	}
	return classes
}
