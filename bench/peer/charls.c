/* JPEG-LS by CharLS. */
#include <charls/charls.h>

#include "peer.h"

static void must(charls_jpegls_errc code) {
	if (code != CHARLS_JPEGLS_ERRC_SUCCESS) fail(charls_get_error_message(code));
}

bytes encode(bytes samples, uint32_t rows, uint32_t columns, int bits) {
	charls_frame_info frame = {columns, rows, bits, 1};
	charls_jpegls_encoder *encoder = charls_jpegls_encoder_create();
	bytes out = {NULL, 0};
	must(charls_jpegls_encoder_set_frame_info(encoder, &frame));
	must(charls_jpegls_encoder_get_estimated_destination_size(encoder, &out.size));
	out.data = malloc(out.size);
	must(charls_jpegls_encoder_set_destination_buffer(encoder, out.data, out.size));
	must(charls_jpegls_encoder_encode_from_buffer(encoder, samples.data, samples.size, 0));
	must(charls_jpegls_encoder_get_bytes_written(encoder, &out.size));
	charls_jpegls_encoder_destroy(encoder);
	return out;
}

bytes decode(bytes stream) {
	charls_jpegls_decoder *decoder = charls_jpegls_decoder_create();
	bytes out = {NULL, 0};
	must(charls_jpegls_decoder_set_source_buffer(decoder, stream.data, stream.size));
	must(charls_jpegls_decoder_read_header(decoder));
	must(charls_jpegls_decoder_get_destination_size(decoder, 0, &out.size));
	out.data = malloc(out.size);
	must(charls_jpegls_decoder_decode_to_buffer(decoder, out.data, out.size, 0));
	charls_jpegls_decoder_destroy(decoder);
	return out;
}
