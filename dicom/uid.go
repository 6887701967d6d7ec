package dicom

import (
	"math/big"
	"strings"

	"github.com/google/uuid"
)

// UID is a DICOM unique identifier: digits and dots, at most 64 (PS3.5 9.1).
type UID string

// AETitle is the name of an application entity: at most 16 characters (PS3.5 6.2).
type AETitle string

// NewUID makes a fresh UID under 2.25 from a random UUID (PS3.5 B.2).
func NewUID() UID { return uidFromUUID(uuid.New()) }

// DeriveUID makes the UID that always belongs to the given words: the demo
// and the tests get the same patients every time.
func DeriveUID(words ...string) UID {
	return uidFromUUID(uuid.NewSHA1(uuid.NameSpaceOID, []byte(strings.Join(words, "\x00"))))
}

func uidFromUUID(u uuid.UUID) UID { return UID("2.25." + new(big.Int).SetBytes(u[:]).String()) }

// Valid reports whether the UID keeps the rules of PS3.5 9.1. Archives hold
// UIDs that do not; they are still used as names, but never as file names.
func (u UID) Valid() bool {
	if len(u) == 0 || len(u) > 64 {
		return false
	}
	for _, c := range strings.Split(string(u), ".") {
		if c == "" || (len(c) > 1 && c[0] == '0') || strings.Trim(c, "0123456789") != "" {
			return false
		}
	}
	return true
}

// Transfer syntaxes (PS3.6 A.1) the program can name.
const (
	ImplicitVRLittleEndian         UID = "1.2.840.10008.1.2"
	ExplicitVRLittleEndian         UID = "1.2.840.10008.1.2.1"
	EncapsulatedUncompressed       UID = "1.2.840.10008.1.2.1.98"
	DeflatedExplicitVRLittleEndian UID = "1.2.840.10008.1.2.1.99"
	ExplicitVRBigEndian            UID = "1.2.840.10008.1.2.2"
	JPEGBaseline8Bit               UID = "1.2.840.10008.1.2.4.50"
	JPEGExtended12Bit              UID = "1.2.840.10008.1.2.4.51"
	JPEGSpectralSelection          UID = "1.2.840.10008.1.2.4.53"
	JPEGFullProgression            UID = "1.2.840.10008.1.2.4.55"
	JPEGLossless                   UID = "1.2.840.10008.1.2.4.57"
	JPEGLosslessSV1                UID = "1.2.840.10008.1.2.4.70"
	JPEGLSLossless                 UID = "1.2.840.10008.1.2.4.80"
	JPEGLSNearLossless             UID = "1.2.840.10008.1.2.4.81"
	JPEG2000Lossless               UID = "1.2.840.10008.1.2.4.90"
	JPEG2000                       UID = "1.2.840.10008.1.2.4.91"
	JPEG2000MCLossless             UID = "1.2.840.10008.1.2.4.92"
	JPEG2000MC                     UID = "1.2.840.10008.1.2.4.93"
	MPEG2MPML                      UID = "1.2.840.10008.1.2.4.100"
	JPEGXLLossless                 UID = "1.2.840.10008.1.2.4.110"
	JPEGXLJPEGRecompression        UID = "1.2.840.10008.1.2.4.111"
	JPEGXL                         UID = "1.2.840.10008.1.2.4.112"
	HTJ2KLossless                  UID = "1.2.840.10008.1.2.4.201"
	HTJ2KLosslessRPCL              UID = "1.2.840.10008.1.2.4.202"
	HTJ2K                          UID = "1.2.840.10008.1.2.4.203"
	RLELossless                    UID = "1.2.840.10008.1.2.5"
	DeflatedImageFrame             UID = "1.2.840.10008.1.2.8.1"
	// GEPrivateImplicitVRLittleEndian is written by old GE archives: implicit,
	// little endian, but big endian pixels.
	GEPrivateImplicitVRLittleEndian UID = "1.2.840.113619.5.2"
)

// SOP classes (PS3.4 B.5) the program makes or treats on their own.
const (
	CTImageStorage               UID = "1.2.840.10008.5.1.4.1.1.2"
	ComputedRadiographyStorage   UID = "1.2.840.10008.5.1.4.1.1.1"
	DigitalXRayForPresentation   UID = "1.2.840.10008.5.1.4.1.1.1.1"
	SecondaryCaptureStorage      UID = "1.2.840.10008.5.1.4.1.1.7"
	BasicTextSRStorage           UID = "1.2.840.10008.5.1.4.1.1.88.11"
	ComprehensiveSRStorage       UID = "1.2.840.10008.5.1.4.1.1.88.33"
	KeyObjectSelectionStorage    UID = "1.2.840.10008.5.1.4.1.1.88.59"
	MediaStorageDirectoryStorage UID = "1.2.840.10008.1.3.10"
)
