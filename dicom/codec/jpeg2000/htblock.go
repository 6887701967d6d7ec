package jpeg2000

// decodeHT decodes a high-throughput block of Mb planes into rows
// (15444-15 7).
func (d *blockDecoder) decodeHT(b *block, chunks []chunk, modes, planes int) error {
	d.width, d.height = b.width(), b.height()
	rows := d.rows[:d.width*d.height]
	cleanup, passes, next := d.segment(chunks, b.first)
	if len(cleanup) == 0 || int(b.missing) >= planes {
		clear(rows)
		return nil
	}
	var refinement []byte
	if next > 0 {
		var more int
		refinement, more, _ = d.segment(chunks, next)
		passes += more
	}
	return d.ht.Decode(rows, d.width, d.height, d.width, cleanup, refinement, planes, int(b.missing), passes, modes&styleCausal != 0)
}
