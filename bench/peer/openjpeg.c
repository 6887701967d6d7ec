/* JPEG 2000, and decoding of HTJ2K, by OpenJPEG on one thread. */
#include <openjpeg.h>

#include "peer.h"

/* memory is a stream that lies in memory; room is what is allocated. */
typedef struct {
	bytes b;
	size_t at, room;
} memory;

static OPJ_SIZE_T get(void *out, OPJ_SIZE_T n, void *user) {
	memory *m = user;
	if (m->at >= m->b.size) return (OPJ_SIZE_T)-1;
	if (n > m->b.size - m->at) n = m->b.size - m->at;
	memcpy(out, m->b.data + m->at, n);
	m->at += n;
	return n;
}

static OPJ_SIZE_T put(void *in, OPJ_SIZE_T n, void *user) {
	memory *m = user;
	if (m->at + n > m->room) fail("no room for the stream");
	memcpy(m->b.data + m->at, in, n);
	m->at += n;
	if (m->at > m->b.size) m->b.size = m->at;
	return n;
}

static OPJ_OFF_T skip(OPJ_OFF_T n, void *user) {
	memory *m = user;
	m->at += (size_t)n;
	return n;
}

static OPJ_BOOL seek(OPJ_OFF_T at, void *user) {
	memory *m = user;
	m->at = (size_t)at;
	return OPJ_TRUE;
}

static opj_stream_t *stream_of(memory *m, OPJ_BOOL input) {
	opj_stream_t *s = opj_stream_create(1 << 20, input);
	opj_stream_set_user_data(s, m, NULL);
	opj_stream_set_user_data_length(s, m->b.size);
	opj_stream_set_read_function(s, get);
	opj_stream_set_write_function(s, put);
	opj_stream_set_skip_function(s, skip);
	opj_stream_set_seek_function(s, seek);
	return s;
}

static opj_image_t *image_of(bytes samples, uint32_t rows, uint32_t columns, int bits) {
	opj_image_cmptparm_t component = {.dx = 1, .dy = 1, .w = columns, .h = rows, .prec = (OPJ_UINT32)bits};
	opj_image_t *image = opj_image_create(1, &component, OPJ_CLRSPC_GRAY);
	if (!image) fail("no image");
	image->x1 = columns;
	image->y1 = rows;
	for (size_t i = 0; i < (size_t)rows * columns; i++)
		image->comps[0].data[i] = samples.data[2 * i] | samples.data[2 * i + 1] << 8;
	return image;
}

bytes encode(bytes samples, uint32_t rows, uint32_t columns, int bits) {
	opj_image_t *image = image_of(samples, rows, columns, bits);
	memory m = {{malloc(samples.size * 2 + 65536), 0}, 0, samples.size * 2 + 65536};
	opj_stream_t *stream = stream_of(&m, OPJ_FALSE);
	opj_codec_t *codec = opj_create_compress(OPJ_CODEC_J2K);
	opj_cparameters_t parameters;
	opj_set_default_encoder_parameters(&parameters);
	parameters.tcp_numlayers = 1;
	parameters.cp_disto_alloc = 1;
	if (!opj_setup_encoder(codec, &parameters, image) || !opj_start_compress(codec, image, stream) ||
	    !opj_encode(codec, stream) || !opj_end_compress(codec, stream))
		fail("not encoded");
	opj_stream_destroy(stream);
	opj_destroy_codec(codec);
	opj_image_destroy(image);
	return m.b;
}

static bytes samples_of(const opj_image_t *image) {
	const opj_image_comp_t *c = &image->comps[0];
	size_t n = (size_t)c->w * c->h;
	uint16_t *out = malloc(2 * n);
	for (size_t i = 0; i < n; i++) out[i] = (uint16_t)c->data[i];
	bytes b = {(uint8_t *)out, 2 * n};
	return b;
}

bytes decode(bytes in) {
	memory m = {in, 0, in.size};
	opj_stream_t *stream = stream_of(&m, OPJ_TRUE);
	opj_codec_t *codec = opj_create_decompress(OPJ_CODEC_J2K);
	opj_image_t *image = NULL;
	opj_dparameters_t parameters;
	opj_set_default_decoder_parameters(&parameters);
	if (!opj_setup_decoder(codec, &parameters) || !opj_read_header(stream, codec, &image) ||
	    !opj_decode(codec, stream, image) || !opj_end_decompress(codec, stream))
		fail("not decoded");
	bytes out = samples_of(image);
	opj_stream_destroy(stream);
	opj_destroy_codec(codec);
	opj_image_destroy(image);
	return out;
}
