/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Who uses a namespace, in small trees that look like a machine: stacks, mounts, swap, targets, processes. */
#include "unit.h"

#include "fake_tree.h"

static void test_nothing(void **state)
{
	struct inuse *o;

	(void)state;
	o = look("ng0n1");
	assert_int_equal(o->nuses, 0);
	assert_int_equal(o->ncontents, 0);
	put_block("nvme0n1", "259:0", 8192);
	put_part("nvme0n1", 1, "259:1");
	put("proc/self/mountinfo", "1 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
	put("proc/swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/sda2  partition\t100\t0\t-2\n");
	assert_string_equal(uses_of(look("ng0n1")), "");
}

/* --- stacks --- */

static void test_stacks(void **state)
{
	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	/* A folder without a partition's number is none. */
	put("sys/class/block/nvme0n1/nvme0n1queue/x", "");
	for (unsigned i = 1; i <= 10; i++)
		put_part("nvme0n1", i, TEXT("259:%u", i));
	put_holder("nvme0n1p1", "dm-0");
	put_holder("nvme0n1p2", "md127");
	put_holder("nvme0n1p10", "md127");
	put_holder("nvme0n1p3", "bcache0");
	put_holder("nvme0n1p4", "dm-3");
	put_holder("nvme0n1p5", "dm-4");
	put_holder("nvme0n1p6", "dm-gone");
	put_block("dm-0", "253:0", 8192);
	put("sys/class/block/dm-0/dm/name", "crypt\n");
	put("sys/class/block/dm-0/dm/uuid", "CRYPT-LUKS2-1234-crypt\n");
	put_holder("dm-0", "dm-1");
	put_block("dm-1", "253:1", 8192);
	put("sys/class/block/dm-1/dm/name", "vg0-root\n");
	put("sys/class/block/dm-1/dm/uuid", "LVM-abcdef\n");
	put_block("md127", "9:127", 8192);
	put("sys/class/block/md127/md/level", "raid1\n");
	put("sys/class/block/md127/md/array_state", "active\n");
	put_part("md127", 1, "259:40");
	put_block("bcache0", "252:0", 8192);
	put("sys/class/block/dm-3/dm/name", "mp\n");
	put("sys/class/block/dm-3/dm/uuid", "mpath-36\n");
	put("sys/class/block/dm-4/dm/name", "x\n");
	put("sys/class/block/dm-4/dm/uuid", "\n");
	put("sys/class/block/nvme0n1p7/bcache/set/x", "");
	assert_string_equal(uses_of(look("")), "nvme0n1p7 holder a bcache cache set\n"
					       "nvme0n1p1 holder dm-0 (encrypted volume crypt)\n"
					       "nvme0n1p2 holder md127 (raid1, active)\n"
					       "nvme0n1p3 holder bcache0\n"
					       "nvme0n1p4 holder dm-3 (multipath device mp)\n"
					       "nvme0n1p5 holder dm-4 (device mapper x)\n"
					       "nvme0n1p6 holder dm-gone\n"
					       "nvme0n1p10 holder md127 (raid1, active)\n"
					       "dm-0 holder dm-1 (LVM volume vg0-root)\n");
}

static void test_endless_stacks(void **state)
{
	struct inuse *o;

	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	put_holder("nvme0n1", "dm-0");
	put_holder("nvme0n1", "nvme0n1");
	put_holder("dm-0", "dm-1");
	put_holder("dm-1", "dm-0");
	put_holder("dm-1", "nvme0n1");
	assert_string_equal(uses_of(look("")), "nvme0n1 holder dm-0\ndm-0 holder dm-1\ndm-1 holder dm-0\ndm-1 holder nvme0n1\n");
	/* Too many: what is left out is said, and never makes the namespace free. */
	for (unsigned i = 0; i < 1200; i++)
		put_holder("dm-1", TEXT("dm-%u", i + 10));
	o = look("");
	assert_true(o->nuses > 250 && o->nuses < 300);
	assert_string_equal(o->uses[o->nuses - 1].what, "more than can be listed");
	assert_string_equal(o->uses[o->nuses - 1].device, "nvme0n1");
	assert_false(o->uses[o->nuses - 1].system);
}

static void test_loop_devices(void **state)
{
	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	put_part("nvme0n1", 1, "259:1");
	put("dev/nvme0n1p1", "");
	put("dev/nvme0n1", "");
	put_link("dev/disk/by-id/some", "../../nvme0n1");
	put("sys/class/block/loop0/loop/backing_file", "/dev/nvme0n1p1\n");
	put("sys/class/block/loop1/loop/backing_file", "/srv/image\n");
	put("sys/class/block/loop2/loop/backing_file", "/dev/disk/by-id/some\n");
	put("sys/class/block/loop3/size", "0\n");
	put("sys/class/block/loop4/loop/backing_file", "/dev/loop2\n");
	put("proc/self/mountinfo", "1 1 7:4 / /mnt rw - xfs /dev/loop4 rw\n");
	put_block("loop4", "7:4", 8192);
	assert_string_equal(uses_of(look("")), "loop4 mount /mnt (xfs)\n"
					       "nvme0n1 holder loop2 (loop device)\n"
					       "nvme0n1p1 holder loop0 (loop device)\n"
					       "loop2 holder loop4 (loop device)\n");
}

/* Two controllers lead to the same namespace, and the kernel shows two block devices: what holds of one holds of both. */
static void test_twins(void **state)
{
	struct topo_ctrl c0 = { .name = "nvme0", .state = "live" }, c1 = { .name = "nvme1", .state = "live" };
	struct topo_ns a = { .name = "nvme0n1", .generic = "ng0n1", .nsid = 1, .ctrl = &c0 };
	struct topo_ns b = { .name = "nvme1n1", .generic = "ng1n1", .nsid = 1, .ctrl = &c1 };
	struct topo_ns c = { .name = "nvme1n2", .generic = "ng1n2", .nsid = 2, .ctrl = &c1 };
	struct topo_ns *all[] = { &a, &b, &c };
	struct topo_subsys subsys = { .name = "nvme-subsys0", .ns = all, .nns = 3 };
	struct inuse *o;

	(void)state;
	a.subsys = b.subsys = c.subsys = &subsys;
	put_block("nvme0n1", "259:0", 8192);
	put_block("nvme1n1", "259:2", 8192);
	put_block("nvme1n2", "259:4", 8192);
	put_part("nvme1n1", 1, "259:3");
	put("proc/self/mountinfo", "1 1 259:3 / /srv rw - ext4 /dev/nvme1n1p1 rw\n2 1 259:4 / /other rw - ext4 x rw\n");
	assert_int_equal(linux_inuse(&ctx, &a, &o), 0);
	assert_string_equal(uses_of(o), "");
	put("sys/class/block/nvme0n1/wwid", "eui.1\n");
	put("sys/class/block/nvme1n1/wwid", "eui.2\n");
	assert_int_equal(linux_inuse(&ctx, &a, &o), 0);
	assert_string_equal(uses_of(o), "");
	put("sys/class/block/nvme1n1/wwid", "eui.1\n");
	put("sys/class/block/nvme1n2/wwid", "eui.1\n");
	assert_int_equal(linux_inuse(&ctx, &a, &o), 0);
	assert_string_equal(uses_of(o), "nvme1n1p1 mount /srv (ext4)\n");
	/* Multipath heads are one per namespace. */
	a.ctrl = NULL;
	assert_int_equal(linux_inuse(&ctx, &a, &o), 0);
	assert_string_equal(uses_of(o), "");
}

/* --- mounts and swap --- */

static void test_mounts(void **state)
{
	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	put_part("nvme0n1", 1, "259:1");
	put_part("nvme0n1", 2, "259:2");
	put_part("nvme0n1", 3, "259:3");
	put_holder("nvme0n1p3", "dm-0");
	put_block("dm-0", "253:0", 8192);
	put("sys/class/block/dm-0/dm/name", "vg0-root\n");
	put("sys/class/block/dm-0/dm/uuid", "LVM-x\n");
	put("dev/dm-0", "");
	put_link("dev/mapper/vg0-swap", "../dm-1");
	put_block("dm-1", "253:1", 8192);
	put("dev/dm-1", "");
	put_holder("nvme0n1p2", "dm-1");
	put("proc/self/mountinfo", "20 1 0:20 / /proc rw,nosuid shared:1 - proc proc rw\n"
				   "21 1 259:1 / /srv/my\\040data rw shared:2 - ext4 /dev/nvme0n1p1 rw\n"
				   "22 1 259:1 / /srv/my\\040data rw shared:2 - ext4 /dev/nvme0n1p1 rw\n"
				   "23 1 259:1 /sub /bind rw - ext4 /dev/nvme0n1p1 rw\n"
				   "24 1 259:9 / /other rw - ext4 /dev/nvme0n1p1 rw\n"
				   "25 1 0:30 / /net rw - nfs server:/nvme0n1p1 rw\n"
				   "26 1 253:0 / / rw - xfs /dev/root rw\n");
	put("proc/swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
			  "/dev/mapper/vg0-swap                    partition\t4096\t0\t-2\n"
			  "/srv/swapfile                           file\t4096\t0\t-3\n");
	assert_string_equal(uses_of(look("")), "dm-0 mount / (xfs)!\n"
					       "nvme0n1p1 mount /srv/my data (ext4)\n"
					       "nvme0n1p1 mount /bind (ext4)\n"
					       "dm-1 swap swap space\n"
					       "nvme0n1p2 holder dm-1\n"
					       "nvme0n1p3 holder dm-0 (LVM volume vg0-root)!\n");
}

static void test_system(void **state)
{
	static const struct {
		const char *dir;
		bool system;
	} rows[] = {
		{ "/", true },		{ "/usr", true }, { "/var", true },	  { "/boot", true },
		{ "/boot/efi", true },	{ "/efi", true }, { "/boot/firmware", true }, { "/home", false },
		{ "/usr/local", false }, { "/varx", false }, { "/srv", false },
	};

	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	put_part("nvme0n1", 1, "259:1");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put("proc/self/mountinfo", TEXT("1 1 259:1 / %s rw - ext4 x rw\n", rows[i].dir));
		assert_string_equal(uses_of(look("")), TEXT("nvme0n1p1 mount %s (ext4)%s\n", rows[i].dir,
							    rows[i].system ? "!" : ""));
	}
}

#define BTRFS "sys/fs/btrfs/11111111-2222-3333-4444-555555555555/"

static void test_volumes_of_many_devices(void **state)
{
	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	put_part("nvme0n1", 1, "259:1");
	put_part("nvme0n1", 2, "259:2");
	put(BTRFS "devices/sdb1/x", "");
	put("sys/fs/btrfs/features/x", "");
	put("sys/fs/btrfs/99999999-2222-3333-4444-555555555555/devices/sdc/x", "");
	put("proc/self/mountinfo", "1 1 0:40 /root / rw - btrfs /dev/sdb1 rw,subvolid=5\n"
				   "2 1 0:41 / /other rw - btrfs /dev/sdc rw\n"
				   "3 1 0:42 / /bch rw - bcachefs /dev/sdd:/dev/nvme0n1p2 rw\n");
	assert_string_equal(uses_of(look("")), "nvme0n1p2 mount /bch (bcachefs)\n");
	put(BTRFS "devices/nvme0n1p1/x", "");
	assert_string_equal(uses_of(look("")), "nvme0n1p1 mount / (btrfs)!\nnvme0n1p2 mount /bch (bcachefs)\n");
	/* Ours is the member that the mount names. */
	put("proc/self/mountinfo", "1 1 0:40 / /srv rw - btrfs /dev/nvme0n1p1 rw\n");
	assert_string_equal(uses_of(look("")), "nvme0n1p1 mount /srv (btrfs)\n");
	/* Mounted, but not where we can see it. */
	put("proc/self/mountinfo", "1 1 0:41 / /other rw - btrfs /dev/sdc rw\n");
	assert_string_equal(uses_of(look("")),
			    "nvme0n1p1 mount btrfs 11111111-2222-3333-4444-555555555555, out of sight\n");
}

/* --- targets --- */

#define NVMET "sys/kernel/config/nvmet/subsystems/"

static void test_exports(void **state)
{
	struct topo_ctrl c = { .name = "nvme0", .state = "live" };
	struct topo_path path = { .name = "nvme0c0n1", .ana_state = "", .ctrl = &c };
	struct topo_ns ns = { .name = "nvme0n1", .generic = "", .paths = &path, .npaths = 1 };
	struct inuse *o;

	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	put_part("nvme0n1", 2, "259:2");
	put("dev/nvme0n1p2", "");
	put_link("dev/disk/by-partlabel/x", "../../nvme0n1p2");
	put(NVMET "nqn.a/namespaces/7/device_path", "/dev/disk/by-partlabel/x\n");
	put(NVMET "nqn.a/namespaces/7/enable", "0\n");
	put(NVMET "nqn.a/namespaces/8/device_path", "/dev/sda\n");
	put(NVMET "nqn.a/namespaces/8/enable", "1\n");
	put(NVMET "nqn.a/namespaces/9/device_path", "(null)\n");
	put(NVMET "nqn.a/namespaces/9/enable", "1\n");
	put(NVMET "nqn.b/passthru/device_path", "/dev/nvme0\n");
	put(NVMET "nqn.b/passthru/enable", "0\n");
	put("sys/kernel/config/target/core/iblock_0/disk1/udev_path", "/dev/nvme0n1\n");
	put("sys/kernel/config/target/core/iblock_0/disk1/enable", "0\n");
	put("sys/kernel/config/target/core/fileio_1/disk2/udev_path", "/dev/nvme0n1\n");
	put("sys/kernel/config/target/core/fileio_1/disk2/enable", "0\n");
	assert_int_equal(linux_inuse(&ctx, &ns, &o), 0);
	assert_string_equal(uses_of(o), "");
	put(NVMET "nqn.a/namespaces/7/enable", "1\n");
	assert_int_equal(linux_inuse(&ctx, &ns, &o), 0);
	assert_string_equal(uses_of(o), "nvme0n1p2 export NVMe target nqn.a, namespace 7\n");
	put(NVMET "nqn.a/namespaces/7/enable", "0\n");
	put(NVMET "nqn.b/passthru/enable", "1\n");
	assert_int_equal(linux_inuse(&ctx, &ns, &o), 0);
	assert_string_equal(uses_of(o), "nvme0 export NVMe target nqn.b\n");
	ns.npaths = 0;
	assert_int_equal(linux_inuse(&ctx, &ns, &o), 0);
	assert_string_equal(uses_of(o), "");
	put("sys/kernel/config/target/core/iblock_0/disk1/enable", "1\n");
	assert_int_equal(linux_inuse(&ctx, &ns, &o), 0);
	assert_string_equal(uses_of(o), "nvme0n1 export SCSI target disk1\n");
	put("sys/kernel/config/target/core/iblock_0/disk1/enable", "0\n");
	put("sys/kernel/config/target/core/fileio_1/disk2/enable", "1\n");
	assert_int_equal(linux_inuse(&ctx, &ns, &o), 0);
	assert_string_equal(uses_of(o), "nvme0n1 export SCSI target disk2\n");
}

/* --- processes --- */

static void test_opens(void **state)
{
	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	put_part("nvme0n1", 1, "259:1");
	put("sys/class/nvme-generic/ng0n1/dev", "241:0\n");
	put("proc/812/comm", "qemu-system-x86\n");
	put_link("proc/812/fd/0", "/dev/null");
	put_link("proc/812/fd/1", "pipe:[1234]");
	put_link("proc/812/fd/3", "/dev/nvme0n1p1");
	put_link("proc/812/fd/4", "/dev/nvme0n1p1");
	put_link("proc/812/fd/5", "/srv/nvme0n1");
	put_link("proc/813/fd/3", "/dev/ng0n1");
	put("proc/814/comm", "other\n");
	put_link("proc/814/fd/3", "/dev/nvme0n10");
	put_link("proc/814/fd/4", "/dev/nvme0");
	put("proc/815/comm", "(udev-worker)\n");
	put_link("proc/815/fd/3", "/dev/nvme0n1");
	put("proc/816/comm", "gone\n");
	put(TEXT("proc/%ld/comm", (long)getpid()), "self\n");
	put_link(TEXT("proc/%ld/fd/3", (long)getpid()), "/dev/nvme0n1");
	put_link("proc/self/fd/3", "/dev/nvme0n1");
	assert_string_equal(uses_of(look("")), "nvme0n1p1 open qemu-system-x86 (pid 812)\n");
	assert_non_null(strstr(uses_of(look("ng0n1")), "nvme0n1p1 open qemu-system-x86 (pid 812)\n"));
	assert_non_null(strstr(uses_of(look("ng0n1")), "ng0n1 open a process (pid 813)\n"));
	assert_int_equal(look("ng0n1")->nuses, 2);
	assert_int_equal(ctx.warnings ? ctx.warnings->c.n : 0, 0);
}

/* A node of any name is known by its number; this machine's null device stands for the generic node. */
static void test_open_by_another_name(void **state)
{
	(void)state;
	put_block("nvme0n1", "1:3", 8192);
	put("sys/class/nvme-generic/ng0n1/dev", "1:3\n");
	put("proc/9/comm", "reader\n");
	put_link("proc/9/fd/3", "/dev/null");
	assert_string_equal(uses_of(look("")), ""); /* a character device is no block device with the same number */
	assert_string_equal(uses_of(look("ng0n1")), "ng0n1 open reader (pid 9)\n");
}

/* What a container has mounted, or a service with a namespace of its own; what is mounted here as well is told once. */
static void test_far_mounts(void **state)
{
	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	for (unsigned i = 1; i <= 4; i++)
		put_part("nvme0n1", i, TEXT("259:%u", i));
	put("proc/self/mountinfo", "1 1 0:1 / / rw - overlay overlay rw\n2 1 259:1 / /srv rw - ext4 x rw\n");
	put_link("proc/self/ns/mnt", "mnt:[4026531900]");
	/* The machine itself, of which this process sees a part. */
	put("proc/1/comm", "systemd\n");
	put_link("proc/1/ns/mnt", "mnt:[4026531841]");
	put("proc/1/mountinfo", "1 1 259:2 / / rw - xfs x rw\n2 1 259:1 / /mnt/srv rw - ext4 x rw\n");
	put("proc/812/comm", "postgres\n");
	put_link("proc/812/ns/mnt", "mnt:[4026532001]");
	put("proc/812/mountinfo", "1 1 259:1 / /srv rw - ext4 x rw\n2 1 259:3 / /data rw - ext4 x rw\n"
				  "3 1 259:3 / /more rw - ext4 x rw\n4 1 0:9 / /proc rw - proc proc rw\n");
	/* Of several there one is enough, and one that is where we are has nothing to add. */
	put_link("proc/813/ns/mnt", "mnt:[4026532001]");
	put("proc/813/mountinfo", "1 1 259:4 / /never rw - ext4 x rw\n");
	put_link("proc/814/ns/mnt", "mnt:[4026531900]");
	put("proc/814/mountinfo", "1 1 259:4 / /never rw - ext4 x rw\n");
	put_link("proc/815/ns/mnt", "mnt:[4026532002]");
	assert_string_equal(uses_of(look("")),
			    "nvme0n1p2 mount / (xfs)!\n"
			    "nvme0n1p1 mount /srv (ext4)\n"
			    "nvme0n1p1 mount /mnt/srv (ext4)\n"
			    "nvme0n1p3 mount /data (ext4), in the mount namespace of postgres (pid 812)\n");
}

static void test_order(void **state)
{
	struct inuse *o;

	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	for (unsigned i = 1; i <= 5; i++)
		put_part("nvme0n1", i, TEXT("259:%u", i));
	put("proc/1/comm", "init\n");
	put_link("proc/1/fd/3", "/dev/nvme0n1");
	put(NVMET "nqn.a/namespaces/1/device_path", "/dev/nvme0n1\n");
	put(NVMET "nqn.a/namespaces/1/enable", "1\n");
	put_holder("nvme0n1p5", "dm-0");
	put("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/dev/nvme0n1p4 partition\t1\t0\t-2\n");
	put("proc/self/mountinfo", "1 1 259:1 / /home rw - ext4 x rw\n2 1 259:2 / /usr rw - ext4 x rw\n"
				   "3 1 259:3 / / rw - ext4 x rw\n");
	o = look("");
	assert_string_equal(uses_of(o), "nvme0n1p2 mount /usr (ext4)!\nnvme0n1p3 mount / (ext4)!\n"
					"nvme0n1p1 mount /home (ext4)\nnvme0n1p4 swap swap space\n"
					"nvme0n1p5 holder dm-0\nnvme0n1 export NVMe target nqn.a, namespace 1\n"
					"nvme0n1 open init (pid 1)\n");
}

/* A system's mount is not what falls off the end of a long list. */
static void test_many_mounts(void **state)
{
	const char *text = "";
	struct inuse *o;

	(void)state;
	put_block("nvme0n1", "259:0", 8192);
	for (unsigned i = 0; i < 400; i++)
		text = TEXT("%s%u 1 259:0 / /m/%u rw - ext4 x rw\n", text, i + 2, i);
	put("proc/self/mountinfo", TEXT("%s999 1 259:0 / /boot rw - ext4 x rw\n", text));
	o = look("");
	assert_string_equal(o->uses[0].what, "/boot (ext4)");
	assert_true(o->uses[0].system);
	assert_string_equal(o->uses[o->nuses - 1].what, "more than can be listed");
	assert_true(o->nuses < 300);
}

/* --- the exclusive claim --- */

static void test_claim(void **state)
{
	int fd = 5;

	(void)state;
	assert_int_equal(linux_claim(&ctx, "nvme0n1", &fd), 0);
	assert_int_equal(fd, -1);
	put("dev/nvme0n1", "");
	fd = 5;
	assert_int_equal(linux_claim(&ctx, "nvme0n1", &fd), 0);
	assert_int_equal(fd, -1);
	put_link("dev/nvme0n2", "nvme0n2");
	assert_int_equal(linux_claim(&ctx, "nvme0n2", &fd), -ELOOP);
	assert_int_equal(fd, -1);
	assert_int_equal(ctx.error.code, XC_OK);
}

#define TREE(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE(test_nothing),    TREE(test_stacks),		  TREE(test_endless_stacks),
		TREE(test_loop_devices), TREE(test_twins),		  TREE(test_mounts),
		TREE(test_system),     TREE(test_volumes_of_many_devices), TREE(test_exports),
		TREE(test_opens),      TREE(test_open_by_another_name),	  TREE(test_far_mounts), TREE(test_order),
		TREE(test_many_mounts), TREE(test_claim),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
