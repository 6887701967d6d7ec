/* What the peers share: their command line, files, and the clock.
 *
 *   peer encode ROWS COLUMNS BITS SAMPLES STREAM    samples of 16 bits, little endian
 *   peer decode PASSES STREAM...                    prints the seconds of all passes
 *   peer unpack STREAM SAMPLES                      the samples, as encode takes them
 *
 * A peer has encode() and decode(). decode() is what is measured: from a
 * stream in memory to samples in memory. */
#ifndef PEER_H
#define PEER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
	uint8_t *data;
	size_t size;
} bytes;

bytes encode(bytes samples, uint32_t rows, uint32_t columns, int bits);
bytes decode(bytes stream);

static void fail(const char *what) {
	fprintf(stderr, "%s\n", what);
	exit(1);
}

static bytes load(const char *path) {
	FILE *f = fopen(path, "rb");
	if (!f || fseek(f, 0, SEEK_END)) fail(path);
	bytes b = {NULL, (size_t)ftell(f)};
	b.data = malloc(b.size ? b.size : 1);
	rewind(f);
	if (!b.data || fread(b.data, 1, b.size, f) != b.size) fail(path);
	fclose(f);
	return b;
}

static void store(const char *path, bytes b) {
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(b.data, 1, b.size, f) != b.size || fclose(f)) fail(path);
}

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void measure(int passes, int streams, char **paths) {
	double took = 0;
	for (int i = 0; i < streams; i++) {
		bytes stream = load(paths[i]);
		double start = now();
		for (int pass = 0; pass < passes; pass++) free(decode(stream).data);
		took += now() - start;
		free(stream.data);
	}
	printf("%.6f\n", took);
}

int main(int argc, char **argv) {
	if (argc == 7 && !strcmp(argv[1], "encode"))
		store(argv[6], encode(load(argv[5]), (uint32_t)atoi(argv[2]), (uint32_t)atoi(argv[3]), atoi(argv[4])));
	else if (argc >= 4 && !strcmp(argv[1], "decode"))
		measure(atoi(argv[2]), argc - 3, argv + 3);
	else if (argc == 4 && !strcmp(argv[1], "unpack"))
		store(argv[3], decode(load(argv[2])));
	else
		fail("usage: encode|decode|unpack");
	return 0;
}

#endif
