/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What is on a namespace: libblkid's answers for superblocks and partition tables that are written here by hand. */
#include "unit.h"

#include "fake_tree.h"

#define MIB (1024 * 1024u)

/* A device of 4 MiB, on which 'len' bytes are written at an offset. */
static void poke(const char *name, long off, const void *p, size_t len)
{
	const char *path = place(TEXT("dev/%s", name));
	int fd = open(path, O_RDWR | O_CREAT, 0644);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 4 * MIB), 0);
	assert_int_equal(pwrite(fd, p, len, off), len);
	assert_int_equal(close(fd), 0);
}

static void le(uint8_t *p, unsigned n, uint64_t v)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void blank(const char *name)
{
	poke(name, 0, "", 0);
}

/* --- superblocks: offsets as in the kernel's and the tools' own headers --- */

static const uint8_t some_uuid[16] = { 0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x33, 0x33,
				       0x44, 0x44, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55 };
#define UUID_TEXT "11111111-2222-3333-4444-555555555555"

static void put_ext4(const char *name, const char *label)
{
	uint8_t sb[1024] = { 0 };

	le(sb, 4, 1);	     /* s_inodes_count; where the swap header has its version */
	le(sb + 4, 4, 4096); /* s_blocks_count */
	le(sb + 56, 2, 0xef53);
	le(sb + 76, 4, 1);    /* s_rev_level */
	le(sb + 92, 4, 0x4);  /* has_journal */
	le(sb + 96, 4, 0x40); /* extents */
	memcpy(sb + 104, some_uuid, 16);
	memcpy(sb + 120, label, strlen(label));
	poke(name, 1024, sb, sizeof(sb));
}

static void put_swap(const char *name)
{
	uint8_t h[4096] = { 0 };

	le(h + 1024, 4, 1); /* version */
	le(h + 1028, 4, 1023);
	memcpy(h + 1036, some_uuid, 16);
	memcpy(h + 1052, "pages", 5);
	memcpy(h + 4086, "SWAPSPACE2", 10);
	poke(name, 1024, h + 1024, sizeof(h) - 1024);
}

/* The checksum of the label is wrong: it is told all the same. */
static void put_lvm(const char *name)
{
	uint8_t h[512] = { 0 };

	memcpy(h, "LABELONE", 8);
	le(h + 8, 8, 1);
	le(h + 20, 4, 32);
	memcpy(h + 24, "LVM2 001", 8);
	memcpy(h + 32, "abcdefghijklmnopqrstuvwxyz012345", 32);
	poke(name, 512, h, sizeof(h));
}

static void put_luks(const char *name)
{
	uint8_t h[592] = { 'L', 'U', 'K', 'S', 0xba, 0xbe, 0, 1 };

	memcpy(h + 168, UUID_TEXT, 36);
	poke(name, 0, h, sizeof(h));
}

/* MD, version 1.2: 4 KiB from the start. */
static void put_md(const char *name)
{
	uint8_t h[256] = { 0 };

	le(h, 4, 0xa92b4efc);
	le(h + 4, 4, 1);
	memcpy(h + 16, some_uuid, 16);
	memcpy(h + 32, "host:data", 9);
	le(h + 144, 8, 8); /* super_offset: where this stands, or it is not a superblock */
	le(h + 220, 4, 0); /* max_dev */
	poke(name, 4096, h, sizeof(h));
}

static void put_dos(const char *name)
{
	uint8_t mbr[512] = { 0 };

	le(mbr + 440, 4, 0x12345678);
	mbr[446 + 4] = 0x83;
	le(mbr + 446 + 8, 4, 64);
	le(mbr + 446 + 12, 4, 1024);
	mbr[510] = 0x55;
	mbr[511] = 0xaa;
	poke(name, 0, mbr, sizeof(mbr));
}

static uint32_t crc32(const uint8_t *p, size_t n)
{
	uint32_t crc = ~0u;

	while (n--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* UEFI 2.10, section 5.3: a protective MBR, the header in block 1, entries from block 2 on. */
static void put_gpt(const char *name)
{
	static uint8_t d[34 * 512];
	uint8_t *h = d + 512, *e = d + 1024;

	memset(d, 0, sizeof(d));
	d[446 + 4] = 0xee;
	le(d + 446 + 8, 4, 1);
	le(d + 446 + 12, 4, 8191);
	d[510] = 0x55;
	d[511] = 0xaa;
	le(e, 8, 0x0fc63daf);
	memcpy(e + 16, some_uuid, 16);
	le(e + 32, 8, 64);
	le(e + 40, 8, 1023);
	memcpy(h, "EFI PART", 8);
	le(h + 8, 4, 0x10000);
	le(h + 12, 4, 92);
	le(h + 24, 8, 1);
	le(h + 32, 8, 8191);
	le(h + 40, 8, 34);
	le(h + 48, 8, 8158);
	memset(h + 56, 0xab, 16);
	le(h + 72, 8, 2);
	le(h + 80, 4, 128);
	le(h + 84, 4, 128);
	le(h + 88, 4, crc32(e, 128 * 128));
	le(h + 16, 4, crc32(h, 92));
	poke(name, 0, d, sizeof(d));
}

/* --- tests --- */

static void test_empty(void **state)
{
	struct inuse *o;

	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	blank("nvme0n1");
	o = look("");
	assert_int_equal(o->ncontents, 0);
	assert_null(o->unread);
}

static void test_each_kind(void **state)
{
	struct inuse *o;

	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	for (unsigned i = 1; i <= 7; i++)
		put_part("nvme0n1", i, TEXT("259:%u", i));
	put_gpt("nvme0n1");
	put_ext4("nvme0n1p1", "root fs");
	put_swap("nvme0n1p2");
	put_lvm("nvme0n1p3");
	put_luks("nvme0n1p4");
	put_md("nvme0n1p5");
	put_dos("nvme0n1p6");
	blank("nvme0n1p7");
	o = look("");
	assert_string_equal(contents_of(o),
			    "nvme0n1 gpt partition-table '' 'abababab-abab-abab-abab-abababababab' 4194304\n"
			    "nvme0n1p1 ext4 filesystem 'root fs' '" UUID_TEXT "' 4194304\n"
			    "nvme0n1p2 swap other 'pages' '" UUID_TEXT "' 4194304\n"
			    "nvme0n1p3 LVM2_member raid '' 'abcdef-ghij-klmn-opqr-stuv-wxyz-012345' 4194304\n"
			    "nvme0n1p4 crypto_LUKS crypto '' '" UUID_TEXT "' 4194304\n"
			    "nvme0n1p5 linux_raid_member raid 'host:data' '" UUID_TEXT "' 4194304\n"
			    "nvme0n1p6 dos partition-table '' '12345678' 4194304\n");
	assert_null(o->unread);
}

/* A table whose header is gone leaves its protective part. */
static void test_half_a_table(void **state)
{
	static const uint8_t zero[512];

	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	put_gpt("nvme0n1");
	poke("nvme0n1", 512, zero, sizeof(zero));
	assert_string_equal(contents_of(look("")), "nvme0n1 PMBR partition-table '' '' 4194304\n");
}

/* Signatures that contradict each other are all told; the file system has taken the place of swap's name and UUID. */
static void test_several_at_once(void **state)
{
	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	put_swap("nvme0n1");
	put_lvm("nvme0n1");
	put_ext4("nvme0n1", "x");
	put_dos("nvme0n1");
	assert_string_equal(contents_of(look("")),
			    "nvme0n1 LVM2_member raid '' 'abcdef-ghij-klmn-opqr-stuv-wxyz-012345' 4194304\n"
			    "nvme0n1 swap other '' '' 4194304\n"
			    "nvme0n1 ext4 filesystem 'x' '" UUID_TEXT "' 4194304\n"
			    "nvme0n1 dos partition-table '' '12345678' 4194304\n");
}

static void test_stacked(void **state)
{
	struct inuse *o;

	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	put_luks("nvme0n1");
	put_holder("nvme0n1", "dm-0");
	put_block("dm-0", "253:0", 4096);
	put_ext4("dm-0", "secret");
	put_holder("nvme0n1", "dm-1");
	put_block("dm-1", "253:1", 4096);
	put_ext4("dm-1", "waits");
	put("sys/class/block/dm-1/dm/suspended", "1\n");
	put_holder("nvme0n1", "md0"); /* stopped: no blocks */
	put_block("md0", "9:0", 0);
	o = look("");
	assert_string_equal(contents_of(o), "nvme0n1 crypto_LUKS crypto '' '" UUID_TEXT "' 4194304\n"
					    "dm-0 ext4 filesystem 'secret' '" UUID_TEXT "' 2097152\n");
	assert_string_equal(o->unread, "/dev/dm-1: it is suspended");
}

/* What cannot be read is said, and what can be read is told all the same. */
static void test_unread(void **state)
{
	struct inuse *o;

	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	o = look("");
	assert_string_equal(o->unread, TEXT("/dev/nvme0n1: %s", strerror(ENOENT)));
	put("dev/nvme0n1/x", "");
	put_part("nvme0n1", 1, "259:1");
	put_ext4("nvme0n1p1", "x");
	o = look("");
	assert_string_equal(o->unread, TEXT("/dev/nvme0n1: %s", strerror(ENOTBLK)));
	assert_int_equal(o->ncontents, 1);
	assert_string_equal(o->contents[0].device, "nvme0n1p1");
	put("sys/class/block/nvme0n1/size", "0\n");
	assert_string_equal(look("")->unread, "/dev/nvme0n1: the kernel shows no blocks of it");
}

static void test_no_permission(void **state)
{
	bool was_root = geteuid() == 0;
	struct inuse *o;

	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	put_ext4("nvme0n1", "x");
	assert_int_equal(chmod(root, 0755), 0);
	assert_int_equal(chmod(place("dev/nvme0n1"), 0), 0);
	if (was_root)
		assert_int_equal(seteuid(65534), 0);
	o = look("");
	if (was_root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(o->ncontents, 0);
	assert_string_equal(o->unread, TEXT("/dev/nvme0n1: %s", strerror(EACCES)));
}

/* Whatever is on it, looking ends and changes nothing. */
static void test_noise(void **state)
{
	static uint8_t noise[256 * 1024], after[sizeof(noise)];
	uint32_t x = 1;
	FILE *f;

	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < sizeof(noise); i++) {
			x = x * 1664525 + 1013904223;
			noise[i] = (uint8_t)(x >> 24);
		}
		poke("nvme0n1", 0, noise, sizeof(noise));
		look("");
	}
	f = fopen(place("dev/nvme0n1"), "r");
	assert_non_null(f);
	assert_int_equal(fread(after, 1, sizeof(after), f), sizeof(after));
	fclose(f);
	assert_memory_equal(noise, after, sizeof(after));
}

#define TREE(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE(test_empty),	    TREE(test_each_kind), TREE(test_half_a_table),
		TREE(test_several_at_once), TREE(test_stacked),	  TREE(test_unread),
		TREE(test_no_permission),   TREE(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
