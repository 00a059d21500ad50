/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* json-c with out of memory and 128-bit integers taken care of. */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "core/num.h"
#include "output/out.h"

/* What others may write to the same place at the same time does not come in between; more than that is not copied for it. */
enum { ONE_PIECE = 65536 };

static void out_of_memory(void)
{
	fputs("nvmekit: out of memory\n", stderr);
	_Exit(1);
}

static struct json_object *made(struct json_object *o)
{
	if (!o)
		out_of_memory();
	return o;
}

struct json_object *json_text(const char *s)
{
	return made(json_object_new_string(s));
}

struct json_object *json_uint(u128 v)
{
	struct json_object *o = made(json_object_new_uint64((uint64_t)v));
	char buf[NUM_U128_MAX], *text;

	if (v <= UINT64_MAX)
		return o;
	text = strdup(num_u128(v, buf));
	if (!text)
		out_of_memory();
	json_object_set_serializer(o, json_object_userdata_to_json_string, text, json_object_free_userdata);
	return o;
}

struct json_object *json_int(int64_t v)
{
	return made(json_object_new_int64(v));
}

struct json_object *json_flag(bool v)
{
	return made(json_object_new_boolean(v));
}

struct json_object *json_new_object(void)
{
	return made(json_object_new_object());
}

struct json_object *json_new_array(void)
{
	return made(json_object_new_array());
}

void json_put(struct json_object *obj, const char *key, struct json_object *value)
{
	if (json_object_object_add(obj, key, value))
		out_of_memory();
}

void json_push(struct json_object *arr, struct json_object *value)
{
	if (json_object_array_add(arr, value))
		out_of_memory();
}

int out_write(FILE *to, const char *p, size_t len)
{
	errno = 0;
	if (fwrite(p, 1, len, to) != len || fflush(to) || ferror(to))
		return errno ? -errno : -EIO;
	return 0;
}

static int write_doc(FILE *to, struct json_object *doc, int flags)
{
	size_t len = 4;
	const char *s = "null";
	char *line;
	int rc;

	if (doc)
		s = json_object_to_json_string_length(doc, flags, &len);
	if (!s)
		out_of_memory();
	if (len >= ONE_PIECE) {
		rc = out_write(to, s, len);
		rc = rc ? rc : out_write(to, "\n", 1);
		json_object_put(doc);
		return rc;
	}
	line = malloc(len + 1);
	if (!line)
		out_of_memory();
	memcpy(line, s, len);
	line[len] = '\n';
	rc = out_write(to, line, len + 1);
	free(line);
	json_object_put(doc);
	return rc;
}

int json_write(FILE *to, struct json_object *doc)
{
	return write_doc(to, doc, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
}

int json_write_line(FILE *to, struct json_object *doc)
{
	return write_doc(to, doc, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}
