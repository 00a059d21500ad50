/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Opening of simulated devices, and the way of a command: kernel's checks, controller, error log, image. */
#include "dev/sim.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dev/inuse.h"
#include "dev/sim_fabrics.h"
#include "dev/sim_model.h"
#include "dev/topo.h"

#define PAGE_SIZE 4096u

int sim_load(struct ctx *ctx)
{
	struct sim *sim;
	int rc;

	if (ctx->sim)
		return 0;
	sim = arena_alloc(ctx->arena, sizeof(*sim));
	rc = image_load(ctx, &sim->img);
	if (rc)
		return rc;
	ctx->sim = sim;
	return 0;
}

uint64_t sim_rejected(const struct dev *dev)
{
	const struct sim_dev *d = dev->priv;

	return d->rejected;
}

static struct image_ctrl *find_ctrl(const struct image *img, const char *name)
{
	for (size_t i = 0; i < img->nsubsys; i++) {
		for (size_t k = 0; k < img->subsys[i].nctrls; k++) {
			if (strcmp(img->subsys[i].ctrls[k].name, name) == 0)
				return &img->subsys[i].ctrls[k];
		}
	}
	return NULL;
}

static struct image_ns *find_ns(const struct image *img, const char *name)
{
	for (size_t i = 0; i < img->nsubsys; i++) {
		for (size_t k = 0; k < img->subsys[i].nns; k++) {
			struct image_ns *ns = &img->subsys[i].ns[k];

			if (strcmp(ns->name, name) == 0 || strcmp(ns->generic, name) == 0)
				return ns;
		}
	}
	return NULL;
}

/* Linux sends through an optimized path if there is one, then through a non-optimized one. */
static struct image_ctrl *choose_path(const struct image_ns *ns)
{
	static const uint8_t rank[16] = { [1] = 16, [0] = 15, [2] = 14, [0xf] = 3, [3] = 2, [4] = 1 };
	struct image_ctrl *best = NULL;

	for (size_t i = 0; i < ns->nctrls; i++) {
		struct image_ctrl *c = ns->ctrls[i];

		if (strcmp(sim_ctrl_state(c), "live") == 0 &&
		    (!best || rank[image_ana_state(ns, c)] > rank[image_ana_state(ns, best)]))
			best = c;
	}
	return best;
}

/* Linux lets nobody open a controller that is not live; the node of a dead one is gone. */
static int not_live(struct dev *dev, const char *state)
{
	if (strcmp(state, "dead") == 0)
		return fail(dev->ctx, XC_NODEV, ENXIO, "cannot open %s: the controller is dead", dev->path);
	return fail_hint(
		dev->ctx,
		fail(dev->ctx, XC_NODEV, EAGAIN, "cannot open %s: the controller is %s", dev->path, state),
		"try again when it is live");
}

static int open_ns(struct dev *dev, struct sim_dev *d)
{
	bool gone = true;

	d->ctrl = choose_path(d->ns);
	for (size_t i = 0; i < d->ns->nctrls; i++)
		gone = gone && strcmp(d->ns->ctrls[i]->state, "dead") == 0;
	if (!d->ns->nctrls)
		return fail(dev->ctx, XC_NODEV, ENXIO,
			    "cannot open %s: the namespace is attached to no controller", dev->path);
	if (!d->ctrl)
		return not_live(dev, gone ? "dead" : "not live");
	dev->kind = DEV_NS;
	dev->nsid = d->ns->nsid;
	d->ns_name = d->ns->name;
	return 0;
}

static void bind_ctrl(struct dev *dev, struct sim_dev *d)
{
	d->seen = dev->ctx->sim->img;
	d->ctrl_name = dev->ctrl = d->ctrl->name;
	dev->fabrics =
		transport_is_fabrics(d->ctrl->transport);
	dev->fd = -1;
	dev->priv = d;
}

static int sim_open(struct dev *dev)
{
	struct sim_dev *d = arena_alloc(dev->ctx->arena, sizeof(*d));
	const struct image *img;
	int rc = sim_load(dev->ctx);

	if (rc)
		return rc;
	img = dev->ctx->sim->img;
	d->ctrl = find_ctrl(img, dev->name);
	d->ns = d->ctrl ? NULL : find_ns(img, dev->name);
	if (!d->ctrl && !d->ns)
		return fail(dev->ctx, XC_NODEV, ENOENT, "there is no %s on the simulated system %s",
			    dev->name, img->name);
	if (d->ns)
		rc = open_ns(dev, d);
	else if (strcmp(sim_ctrl_state(d->ctrl), "live") != 0)
		rc = not_live(dev, d->ctrl->state);
	if (rc)
		return rc;
	if (!d->ns)
		dev->kind = DEV_CTRL;
	bind_ctrl(dev, d);
	return 0;
}

static int sim_attach(struct dev *dev)
{
	struct sim_dev *d = arena_alloc(dev->ctx->arena, sizeof(*d));
	int rc = sim_load(dev->ctx);

	if (rc)
		return rc;
	d->ctrl = find_ctrl(dev->ctx->sim->img, dev->name);
	if (!d->ctrl)
		return -ENODEV;
	dev->kind = DEV_CTRL;
	bind_ctrl(dev, d);
	return 0;
}

static void sim_close(struct dev *dev)
{
	dev->priv = NULL;
}

struct image_ns *sim_ns(const struct sim_cmd *c, uint32_t nsid)
{
	struct image_subsys *s = c->ctrl->subsys;

	for (size_t i = 0; i < s->nns; i++) {
		if (s->ns[i].nsid == nsid)
			return &s->ns[i];
	}
	return NULL;
}

struct image_ns *sim_active_ns(const struct sim_cmd *c, uint32_t nsid)
{
	struct image_ns *ns = sim_ns(c, nsid);

	return ns && image_attached(ns, c->ctrl) ? ns : NULL;
}

int sim_transfer(struct sim_cmd *c, const struct image_data *data, uint64_t offset, size_t want)
{
	struct req *req = c->req;
	size_t there = offset < data->received ? data->received - (size_t)offset : 0;

	if (!req->data || !req->data_len)
		return sim_reject(c, SIM_TRANSFER_ERROR, AT_NOWHERE);
	if (want > req->data_len)
		want = req->data_len;
	if (there > want)
		there = want;
	memcpy(req->data, data->buf + (there ? offset : 0), there);
	if (data->received < data->len) {
		req->received = (uint32_t)there;
		return 0;
	}
	memset((uint8_t *)req->data + there, 0, want - there);
	req->received = (uint32_t)want;
	return 0;
}

int sim_answer(struct sim_cmd *c, const struct spec *spec, const struct val *st, size_t len, uint64_t offset,
	       size_t want)
{
	struct image_data data;
	const char *why;

	if (image_encode(c->ctx->arena, spec, st, len, &data, &why))
		return fail(c->ctx, XC_DATA, EBADMSG, "%s: %s of %s: %s", c->sim->img->name,
			    spec ? spec->name : "a structure", c->ctrl->name, why);
	return sim_transfer(c, &data, offset, want);
}

/* There is never anything to abort, which bit 0 says. */
static int abort_command(struct sim_cmd *c)
{
	c->req->result = 1;
	return 0;
}

static int keep_alive(struct sim_cmd *c)
{
	(void)c;
	return 0;
}

/* The oldest event that nobody has taken yet; none: it does not complete. */
static int async_event(struct sim_cmd *c)
{
	struct val *model = val_get(c->ctrl->node, "model"),
		   *events = model ? val_get(model, "events") : NULL;
	struct val *first = events && events->type == VAL_ARR ? events->c.first : NULL;

	if (!first || first->type != VAL_UINT)
		return -ETIMEDOUT;
	c->req->result = first->u;
	events->c.first = first->next;
	events->c.n--;
	if (!first->next)
		events->c.last = NULL;
	c->dirty = true;
	return 0;
}

static const struct {
	uint8_t opcode;
	int (*run)(struct sim_cmd *c);
} admin_commands[] = {
	{ ADM_IDENTIFY, sim_identify },
	{ ADM_GET_LOG, sim_get_log },
	{ ADM_GET_FEATURES, sim_get_features },
	{ ADM_SET_FEATURES, sim_set_features },
	{ 0x08, abort_command },
	{ 0x0c, async_event },
	{ 0x0d, sim_ns_mgmt },
	{ 0x10, sim_fw_commit },
	{ 0x11, sim_fw_download },
	{ 0x14, sim_self_test },
	{ 0x15, sim_ns_attach },
	{ 0x18, keep_alive },
	{ 0x1c, sim_virt_mgmt },
	{ 0x20, sim_capacity },
	{ 0x21, sim_dim },
	{ 0x24, sim_lockdown },
	{ 0x80, sim_format },
	{ 0x81, sim_security_send },
	{ 0x82, sim_security_recv },
	{ 0x84, sim_sanitize },
	{ 0x8c, sim_sanitize_ns },
};

static int admin(struct sim_cmd *c)
{
	for (size_t i = 0; i < NELEMS(admin_commands); i++) {
		if (admin_commands[i].opcode == c->req->opcode)
			return admin_commands[i].run(c);
	}
	return sim_reject(c, SIM_INVALID_OPCODE, AT_OPCODE);
}

/* A command of NVMe, or what else is done to a controller. */
static int carry_out(struct sim_cmd *c)
{
	int rc;

	switch (c->req->kind) {
	case REQ_NVME:
		rc = sim_reg_blocks(c);
		if (!rc)
			rc = sim_sanitize_blocks(c);
		if (!rc)
			rc = sim_locked(c);
		if (!rc)
			rc = sim_opal_blocks(c);
		if (rc)
			return rc;
		return c->req->io ? sim_io(c) : admin(c);
	case REQ_RESET:
	case REQ_SUBSYS_RESET:
		return sim_reset(c);
	case REQ_REG_READ:
	case REQ_REG_WRITE:
		return sim_reg(c);
	case REQ_OPAL:
		return sim_opal(c);
	case REQ_DISCONNECT:
		return sim_disconnect(c);
	default: /* REQ_RESCAN: the kernel here always knows what there is */
		return 0;
	}
}

/* What the kernel refuses before a controller sees it. */
static int kernel_checks(const struct sim_cmd *c, const struct dev *dev)
{
	const struct req *req = c->req;
	uint64_t mdts = val_u64(c->id, "mdts", 0);

	if (req->kind != REQ_NVME)
		return 0;
	if (req->flags)
		return -EINVAL;
	if (mdts && mdts < 20 && req->data_len > PAGE_SIZE << mdts)
		return -EINVAL;
	if (!req->io)
		return 0;
	if (dev->kind == DEV_CTRL)
		return -ENOTTY;
	return req->nsid == dev->nsid ? 0 : -EINVAL;
}

/* It has succeeded. */
static void after(struct sim_cmd *c)
{
	if (c->req->kind == REQ_NVME) {
		sim_sanitize_after(c);
		sim_self_test_after(c);
	}
	sim_ordered_cut(c);
}

static int execute(struct sim_cmd *c, struct dev *dev)
{
	int rc = kernel_checks(c, dev);

	if (rc)
		return rc;
	c->d->cid++;
	sim_advance_sanitize(c);
	sim_advance_self_test(c);
	sim_advance_fw(c);
	rc = sim_ordered(c);
	if (rc == ORDERED_NOTHING) {
		rc = carry_out(c);
		if (!rc)
			after(c);
	}
	if (rc > 0) {
		c->req->received = 0;
		c->d->rejected++;
		/* A property is read and written with a command; resets are none. */
		if (c->req->kind == REQ_NVME || c->req->kind == REQ_REG_READ || c->req->kind == REQ_REG_WRITE)
			sim_log_error(c, rc);
	}
	return rc;
}

/* Another process replaced the image: start again from what it holds now. */
static int reload(struct ctx *ctx, struct sim *sim)
{
	return image_load(ctx, &sim->img);
}

static int rebind(struct sim_dev *d, const struct image *img)
{
	if (d->seen == img)
		return 0;
	d->ctrl = find_ctrl(img, d->ctrl_name);
	d->ns = d->ns_name ? find_ns(img, d->ns_name) : NULL;
	if (!d->ctrl || (d->ns_name && (!d->ns || !image_attached(d->ns, d->ctrl))))
		return -ENODEV;
	d->seen = img;
	return 0;
}

/* A controller is given up whatever state it is in; everything else has to wait for it. */
static int ready(struct sim_cmd *c, uint64_t *delay_ms)
{
	struct image_ctrl *k = c->ctrl;

	if (c->req->kind == REQ_DISCONNECT)
		return 0;
	*delay_ms = sim_reset_left(k);
	if (*delay_ms)
		return -EAGAIN;
	/* Since it was opened; one that hangs comes back, perhaps. */
	if (strcmp(sim_ctrl_state(k), "connecting") == 0 || strcmp(sim_ctrl_state(k), "resetting") == 0)
		return -EAGAIN;
	if (strcmp(sim_ctrl_state(k), "live") != 0)
		return -ENODEV;
	if (strcmp(k->state, "live") != 0) {
		sim_store_text(c, k->node, "state", "live");
		k->state = "live";
	}
	return 0;
}

static int run(struct dev *dev, struct req *req, bool stale, uint64_t *delay_ms)
{
	struct sim *sim = dev->ctx->sim;
	struct sim_dev *d = dev->priv;
	struct sim_cmd c = { .ctx = dev->ctx, .sim = sim, .d = d, .req = req, .at = AT_NOWHERE };
	int rc = stale ? reload(dev->ctx, sim) : 0, saved;

	if (!rc)
		rc = rebind(d, sim->img);
	if (rc)
		return rc;
	c.ctrl = d->ctrl;
	rc = ready(&c, delay_ms);
	if (rc)
		return rc;
	c.id = image_id_ctrl(dev->ctx->arena, c.ctrl)->fields;
	rc = execute(&c, dev);
	*delay_ms = c.delay_ms;
	if (!c.dirty)
		return rc;
	saved = image_save(dev->ctx, sim->img);
	return saved ? saved : rc;
}

static int sim_submit(struct dev *dev, struct req *req)
{
	uint64_t delay_ms;
	bool stale;
	int fd, rc;

	if (dev->kind == DEV_SUBSYS)
		return sim_subsys(dev, req);
	do {
		delay_ms = 0;
		req->result = 0;
		req->status = 0;
		req->received = 0;
		rc = image_lock(dev->ctx, dev->ctx->sim->img, &fd, &stale);
		if (rc)
			return rc;
		rc = run(dev, req, stale, &delay_ms);
		if (fd >= 0)
			close(fd);
		/* Others may use the image meanwhile. Linux keeps commands back while the controller is resetting. */
		if (delay_ms)
			rc = sim_late(delay_ms, rc);
	} while (rc == -EAGAIN && delay_ms);
	if (rc > 0)
		req->status = rc;
	return rc;
}

const struct dev_ops sim_ops = {
	.name = "sim",
	.open = sim_open,
	.submit = sim_submit,
	.topology = sim_topology,
	.inuse = sim_inuse,
	.claim = sim_claim,
	.close = sim_close,
	.attach = sim_attach,
	.fab_tokens = sim_fab_tokens,
	.fab_add = sim_fab_add,
	.fab_lacks = sim_fab_lacks,
	.fab_resolve = sim_fab_resolve,
};
