package evidence

import (
	"fmt"
	"slices"
	"strings"

	"eris/clinic"
	"eris/dicom"
)

// Shades says which way the values of a picture go.
type Shades string

// The shades of pictures.
const (
	Grays    Shades = "MONOCHROME2"
	Inverted Shades = "MONOCHROME1"
	Colors   Shades = "" // a presentation state of gray pictures cannot speak of it
)

// Attributes of presentation states (PS3.3 A.33.1, C.10.5, C.11.10).
const (
	graphicAnnotationSequence  = dicom.Tag(0x00700001)
	graphicLayer               = dicom.Tag(0x00700002)
	anchorPointUnits           = dicom.Tag(0x00700004)
	graphicAnnotationUnits     = dicom.Tag(0x00700005)
	unformattedTextValue       = dicom.Tag(0x00700006)
	textObjectSequence         = dicom.Tag(0x00700008)
	graphicObjectSequence      = dicom.Tag(0x00700009)
	anchorPoint                = dicom.Tag(0x00700014)
	anchorPointVisibility      = dicom.Tag(0x00700015)
	graphicDimensions          = dicom.Tag(0x00700020)
	numberOfGraphicPoints      = dicom.Tag(0x00700021)
	graphicFilled              = dicom.Tag(0x00700024)
	displayedAreaTopLeft       = dicom.Tag(0x00700052)
	displayedAreaBottomRight   = dicom.Tag(0x00700053)
	displayedAreaSequence      = dicom.Tag(0x0070005A)
	graphicLayerSequence       = dicom.Tag(0x00700060)
	graphicLayerOrder          = dicom.Tag(0x00700062)
	contentLabel               = dicom.Tag(0x00700080)
	contentDescription         = dicom.Tag(0x00700081)
	presentationCreationDate   = dicom.Tag(0x00700082)
	presentationCreationTime   = dicom.Tag(0x00700083)
	contentCreatorName         = dicom.Tag(0x00700084)
	presentationSizeMode       = dicom.Tag(0x00700100)
	presentationPixelAspect    = dicom.Tag(0x00700102)
	presentationLUTShape       = dicom.Tag(0x20500020)
	referencedImageSequence    = dicom.Tag(0x00081140)
	measurementsLayer          = "MEASUREMENTS"
	grayscaleSoftcopyPSStorage = dicom.UID("1.2.840.10008.5.1.4.1.1.11.1")
)

// Presentation is the report as lines and figures over its pictures (a Grayscale
// Softcopy Presentation State: PS3.3 A.33.1), for programs that show no measurement
// reports. It speaks of the pictures of one shade; ok is false when the report has
// none. How the pictures are windowed is left to them.
func (r Report) Presentation(h Header, shades Shades) (f *dicom.File, ok bool) {
	groups := slices.DeleteFunc(slices.Clone(r.Groups), func(g Group) bool { return g.Shades != shades })
	if len(groups) == 0 || shades == Colors {
		return nil, false
	}
	f = h.document(grayscaleSoftcopyPSStorage, "PR", "Measurements")
	var images []clinic.Instance
	var annotations []*dicom.DataSet
	areas := map[[2]int][]Group{}
	for _, g := range groups {
		images = append(images, g.Image)
		annotations = append(annotations, g.annotation())
		size := [2]int{g.Image.Columns, g.Image.Rows}
		areas[size] = append(areas[size], g)
	}
	f.SetString(contentLabel, measurementsLayer)
	f.SetString(contentDescription, "Measurements")
	f.SetString(presentationCreationDate, h.Made.Format("20060102"))
	f.SetString(presentationCreationTime, h.Made.Format("150405"))
	f.SetString(contentCreatorName, h.Observer.String())
	f.SetItems(dicom.ReferencedSeriesSequence, seriesOf(images)...)
	f.SetItems(displayedAreaSequence, areasOf(areas)...)
	f.SetItems(graphicAnnotationSequence, annotations...)
	layer := item()
	layer.SetString(graphicLayer, measurementsLayer)
	layer.SetInt(graphicLayerOrder, 1)
	f.SetItems(graphicLayerSequence, layer)
	f.SetString(presentationLUTShape, map[Shades]string{Grays: "IDENTITY", Inverted: "INVERSE"}[shades])
	return f, true
}

// seriesOf lists images by series (PS3.3 C.11.11).
func seriesOf(images []clinic.Instance) (list []*dicom.DataSet) {
	for _, study := range evidenceOf(images) {
		for _, series := range study.Items(dicom.ReferencedSeriesSequence) {
			d := item()
			d.SetUID(dicom.SeriesInstanceUID, series.UID(dicom.SeriesInstanceUID))
			d.SetItems(referencedImageSequence, series.Items(dicom.ReferencedSOPSequence)...)
			list = append(list, d)
		}
	}
	return list
}

// areasOf shows the whole of each picture, as large as the screen lets (PS3.3
// C.10.4).
func areasOf(groups map[[2]int][]Group) (list []*dicom.DataSet) {
	for size, of := range groups {
		d := item()
		var images []*dicom.DataSet
		seen := map[[2]any]bool{}
		for _, g := range of {
			if key := [2]any{g.Image.SOPInstanceUID, g.Frame}; !seen[key] {
				seen[key] = true
				images = append(images, referenceTo(g.Image, g.Frame))
			}
		}
		d.SetItems(referencedImageSequence, images...)
		d.SetInt(displayedAreaTopLeft, 1, 1)
		d.SetInt(displayedAreaBottomRight, size[0], size[1])
		d.SetString(presentationSizeMode, "SCALE TO FIT")
		d.SetInt(presentationPixelAspect, 1, 1)
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b *dicom.DataSet) int {
		first := func(d *dicom.DataSet) string {
			return d.Items(referencedImageSequence)[0].String(dicom.ReferencedSOPInstanceUID)
		}
		return strings.Compare(first(a), first(b))
	})
	return list
}

// annotation is the place of a measurement with its values beside it.
func (g Group) annotation() *dicom.DataSet {
	shape := item()
	shape.SetString(graphicAnnotationUnits, "PIXEL")
	shape.SetInt(graphicDimensions, 2)
	shape.SetInt(numberOfGraphicPoints, len(g.Graphic.Data)/2)
	shape.SetFloat(dicom.GraphicData, g.Graphic.Data...)
	shape.SetString(dicom.GraphicType, g.Graphic.Type)
	if g.Graphic.Type == "ELLIPSE" {
		shape.SetString(graphicFilled, "N")
	}
	d := item()
	d.SetItems(referencedImageSequence, referenceTo(g.Image, g.Frame))
	d.SetString(graphicLayer, measurementsLayer)
	d.SetItems(graphicObjectSequence, shape)
	if len(g.Values) > 0 && len(g.Graphic.Data) > 1 {
		var lines []string
		for _, v := range g.Values {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %.1f %s", v.Concept.Meaning, v.Number, strings.Trim(v.Units.Meaning, "{}"))))
		}
		note := item()
		note.SetString(anchorPointUnits, "PIXEL")
		note.SetString(unformattedTextValue, strings.Join(lines, "\r\n"))
		note.SetFloat(anchorPoint, g.Graphic.Data[len(g.Graphic.Data)-2:]...)
		note.SetString(anchorPointVisibility, "N")
		d.SetItems(textObjectSequence, note)
	}
	return d
}
