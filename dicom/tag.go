package dicom

import "fmt"

// Tag names an element: group in the upper, element in the lower 16 bits (PS3.5 7.1).
type Tag uint32

// NewTag joins a group and an element number.
func NewTag(group, element uint16) Tag { return Tag(uint32(group)<<16 | uint32(element)) }

// Group is the upper half of the tag.
func (t Tag) Group() uint16 { return uint16(t >> 16) }

// Element is the lower half of the tag.
func (t Tag) Element() uint16 { return uint16(t) }

// Private says whether the tag belongs to a vendor: odd group (PS3.5 7.8).
func (t Tag) Private() bool { return t.Group()%2 == 1 }

// String is the tag as DICOM writes it: (0010,0020).
func (t Tag) String() string { return fmt.Sprintf("(%04X,%04X)", t.Group(), t.Element()) }

// Hex is the tag as DICOM JSON and DICOMweb write it: 00100020 (PS3.18 F.2.2).
func (t Tag) Hex() string { return fmt.Sprintf("%08X", uint32(t)) }

// Tags the program uses, by their PS3.6 keyword.
const (
	FileMetaInformationGroupLength Tag = 0x00020000
	FileMetaInformationVersion     Tag = 0x00020001
	MediaStorageSOPClassUID        Tag = 0x00020002
	MediaStorageSOPInstanceUID     Tag = 0x00020003
	TransferSyntaxUID              Tag = 0x00020010
	ImplementationClassUID         Tag = 0x00020012
	ImplementationVersionName      Tag = 0x00020013
	SourceApplicationEntityTitle   Tag = 0x00020016

	FileSetID               Tag = 0x00041130
	DirectoryRecordSequence Tag = 0x00041220
	DirectoryRecordType     Tag = 0x00041430
	ReferencedFileID        Tag = 0x00041500

	SpecificCharacterSet     Tag = 0x00080005
	ImageType                Tag = 0x00080008
	InstanceCreationDate     Tag = 0x00080012
	SOPClassUID              Tag = 0x00080016
	SOPInstanceUID           Tag = 0x00080018
	StudyDate                Tag = 0x00080020
	SeriesDate               Tag = 0x00080021
	AcquisitionDate          Tag = 0x00080022
	ContentDate              Tag = 0x00080023
	StudyTime                Tag = 0x00080030
	SeriesTime               Tag = 0x00080031
	AcquisitionTime          Tag = 0x00080032
	ContentTime              Tag = 0x00080033
	AccessionNumber          Tag = 0x00080050
	InstanceAvailability     Tag = 0x00080056
	Modality                 Tag = 0x00080060
	ModalitiesInStudy        Tag = 0x00080061
	Manufacturer             Tag = 0x00080070
	InstitutionName          Tag = 0x00080080
	ReferringPhysicianName   Tag = 0x00080090
	CodeValue                Tag = 0x00080100
	CodingSchemeDesignator   Tag = 0x00080102
	CodeMeaning              Tag = 0x00080104
	StationName              Tag = 0x00081010
	StudyDescription         Tag = 0x00081030
	ProcedureCodeSequence    Tag = 0x00081032
	SeriesDescription        Tag = 0x0008103E
	ManufacturerModelName    Tag = 0x00081090
	RetrieveURL              Tag = 0x00081190
	FailedSOPSequence        Tag = 0x00081198
	ReferencedSOPSequence    Tag = 0x00081199
	ReferencedSeriesSequence Tag = 0x00081115
	ReferencedFrameNumber    Tag = 0x00081160
	FailureReason            Tag = 0x00081197
	ReferencedSOPClassUID    Tag = 0x00081150
	ReferencedSOPInstanceUID Tag = 0x00081155
	LossyImageCompression    Tag = 0x00282110

	PatientName             Tag = 0x00100010
	PatientID               Tag = 0x00100020
	IssuerOfPatientID       Tag = 0x00100021
	PatientBirthDate        Tag = 0x00100030
	PatientSex              Tag = 0x00100040
	OtherPatientIDsSequence Tag = 0x00101002
	PatientAge              Tag = 0x00101010

	BodyPartExamined                         Tag = 0x00180015
	ContrastBolusAgent                       Tag = 0x00180010
	SliceThickness                           Tag = 0x00180050
	KVP                                      Tag = 0x00180060
	SpacingBetweenSlices                     Tag = 0x00180088
	ProtocolName                             Tag = 0x00181030
	ImagerPixelSpacing                       Tag = 0x00181164
	EstimatedRadiographicMagnificationFactor Tag = 0x00181114
	ConvolutionKernel                        Tag = 0x00181210
	ViewPosition                             Tag = 0x00185101
	CTDIvol                                  Tag = 0x00189345

	StudyInstanceUID               Tag = 0x0020000D
	SeriesInstanceUID              Tag = 0x0020000E
	StudyID                        Tag = 0x00200010
	SeriesNumber                   Tag = 0x00200011
	InstanceNumber                 Tag = 0x00200013
	PatientOrientation             Tag = 0x00200020
	ImagePositionPatient           Tag = 0x00200032
	ImageOrientationPatient        Tag = 0x00200037
	FrameOfReferenceUID            Tag = 0x00200052
	Laterality                     Tag = 0x00200060
	ImageLaterality                Tag = 0x00200062
	SliceLocation                  Tag = 0x00201041
	NumberOfStudyRelatedSeries     Tag = 0x00201206
	NumberOfStudyRelatedInstances  Tag = 0x00201208
	NumberOfSeriesRelatedInstances Tag = 0x00201209

	SamplesPerPixel              Tag = 0x00280002
	PhotometricInterpretation    Tag = 0x00280004
	PlanarConfiguration          Tag = 0x00280006
	NumberOfFrames               Tag = 0x00280008
	Rows                         Tag = 0x00280010
	Columns                      Tag = 0x00280011
	PixelSpacing                 Tag = 0x00280030
	PixelAspectRatio             Tag = 0x00280034
	BitsAllocated                Tag = 0x00280100
	BitsStored                   Tag = 0x00280101
	HighBit                      Tag = 0x00280102
	PixelRepresentation          Tag = 0x00280103
	PixelPaddingValue            Tag = 0x00280120
	PixelPaddingRangeLimit       Tag = 0x00280121
	PixelSpacingCalibrationType  Tag = 0x00280A02
	WindowCenter                 Tag = 0x00281050
	WindowWidth                  Tag = 0x00281051
	RescaleIntercept             Tag = 0x00281052
	RescaleSlope                 Tag = 0x00281053
	RescaleType                  Tag = 0x00281054
	WindowCenterWidthExplanation Tag = 0x00281055
	VOILUTFunction               Tag = 0x00281056

	RequestedProcedureDescription Tag = 0x00321060

	RelationshipType                          Tag = 0x0040A010
	ValueType                                 Tag = 0x0040A040
	ConceptNameCodeSequence                   Tag = 0x0040A043
	ContinuityOfContent                       Tag = 0x0040A050
	TextValue                                 Tag = 0x0040A160
	ConceptCodeSequence                       Tag = 0x0040A168
	CurrentRequestedProcedureEvidenceSequence Tag = 0x0040A375
	MeasuredValueSequence                     Tag = 0x0040A300
	NumericValue                              Tag = 0x0040A30A
	MeasurementUnitsCodeSequence              Tag = 0x004008EA
	GraphicData                               Tag = 0x00700022
	GraphicType                               Tag = 0x00700023
	CompletionFlag                            Tag = 0x0040A491
	VerificationFlag                          Tag = 0x0040A493
	ReferencedUID                             Tag = 0x0040A124
	PredecessorDocumentsSequence              Tag = 0x0040A360
	ContentTemplateSequence                   Tag = 0x0040A504
	ContentSequence                           Tag = 0x0040A730
	MappingResource                           Tag = 0x00080105
	TemplateIdentifier                        Tag = 0x0040DB00

	SharedFunctionalGroupsSequence   Tag = 0x52009229
	PerFrameFunctionalGroupsSequence Tag = 0x52009230
	ExtendedOffsetTable              Tag = 0x7FE00001
	FloatPixelData                   Tag = 0x7FE00008
	DoubleFloatPixelData             Tag = 0x7FE00009
	PixelData                        Tag = 0x7FE00010
)
