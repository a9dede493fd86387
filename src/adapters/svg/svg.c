/* SPDX-License-Identifier: MIT */
#include "adapters/svg/svg.h"

#include <string.h>

#ifdef HAVE_EXPAT
#include <expat.h>
#endif

#include "adapters/svg/svg_drawing.h"
#include "adapters/svg/svg_limit.h"
#include "adapters/svg/svg_style.h"
#include "adapters/svg/svg_text.h"
#include "base/buf.h"

#ifdef HAVE_EXPAT
/* Elements within each other; a drawing has a few. */
#define DEPTH_MAX 64
/* A style sheet of more bytes than the whole picture may have. */
#define STYLE_MAX (2u << 20)
/*
 * Between a name's namespace and the name itself: no URI has it, and expat
 * refuses one that does.
 */
#define SEPARATOR '\n'

static const char svg_namespace[] = "http://www.w3.org/2000/svg";
static const char xlink_namespace[] = "http://www.w3.org/1999/xlink";

/* Descriptions that drawing programs leave; nothing draws or runs them. */
static const char *const inert_namespaces[] = {
	"http://www.w3.org/1999/02/22-rdf-syntax-ns#",
	"http://purl.org/dc/elements/1.1/",
	"http://creativecommons.org/ns#",
	"http://web.resource.org/cc/",
	"http://www.inkscape.org/namespaces/inkscape",
	"http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd",
};

static const char *const elements[] = {
#define ELEMENT(name) name,
#include "adapters/svg/svg_element_rows.h"
#undef ELEMENT
};

/* The table's own copy of an element's name, or NULL. */
static const char *
element_of(const char *name)
{
	for (size_t i = 0; i < COUNT(elements); i++)
		if (strcmp(name, elements[i]) == 0)
			return elements[i];
	return NULL;
}

/* A picture while expat goes through it; nothing is looked at after a flaw. */
struct picture {
	XML_Parser parser;
	enum err rc;
	struct diag *diag;
	int depth; /* of elements that are open */
	int text;  /* the depth of the outermost text that is open, or 0 */
	bool in_style;
	struct buf style; /* checked whole, for its text comes in pieces */
	struct svg_drawing *drawing;
};

/* A name as expat tells it. */
struct name {
	const char *space; /* not ended; NULL when there is none */
	size_t space_len;
	const char *local;
};

static struct name
name_of(const char *told)
{
	const char *at = strrchr(told, SEPARATOR);

	if (at == NULL)
		return (struct name){ .local = told };
	return (struct name){ told, (size_t)(at - told), at + 1 };
}

static bool
is_in(struct name name, const char *space)
{
	return name.space != NULL && strlen(space) == name.space_len &&
	    memcmp(name.space, space, name.space_len) == 0;
}

static bool
is_inert(struct name name)
{
	for (size_t i = 0; i < COUNT(inert_namespaces); i++)
		if (is_in(name, inert_namespaces[i]))
			return true;
	return false;
}

/* What a handler found: the first flaw ends the reading. */
static void
note(struct picture *picture, enum err rc)
{
	if (picture->rc != E_OK || rc == E_OK)
		return;
	picture->rc = rc;
	(void)XML_StopParser(picture->parser, XML_FALSE);
}

/* A style sheet, or the attribute of that name. */
static enum err
check_style(struct picture *picture, const char *text, bool is_sheet)
{
	enum err rc = svg_check_style(text, picture->diag);

	if (rc != E_OK)
		return rc;
	return is_sheet ?
	    svg_style_read_sheet(text, picture->drawing, picture->diag) :
	    svg_style_read(text, picture->drawing, picture->diag);
}

static enum err
check_attribute(struct picture *picture, const char *element, const char *told,
    const char *value)
{
	struct diag *diag = picture->diag;
	struct name name = name_of(told);
	const char *local = name.local;

	if (strncasecmp(local, "on", 2) == 0)
		return svg_refuse(diag, "the event attribute", local);
	if (strcasecmp(local, "base") == 0)
		return svg_refuse(diag, "the attribute", "xml:base");
	if (svg_has_script(value))
		return svg_refuse(diag, "a script in the attribute", local);
	if (strcasecmp(local, "href") == 0) {
		if (value[0] == '#')
			svg_drawing_refer(picture->drawing, value + 1);
		return svg_check_href(element, value, diag);
	}
	if (strcasecmp(local, "id") == 0)
		svg_drawing_name(picture->drawing, value);
	if (is_in(name, xlink_namespace))
		return E_OK; /* of its attributes only href refers */
	if (strcasecmp(local, "src") == 0)
		return svg_refuse(diag, "the attribute", local);
	if (strcmp(local, "style") == 0)
		return check_style(picture, value, false);
	/* fill, mask, filter and others take url(), escapes included. */
	if (strchr(value, '\\') != NULL)
		return svg_refuse(diag, "a backslash in the attribute", local);
	if (!svg_stays_within(value))
		return svg_refuse(diag,
		    "a reference to elsewhere in the"
		    " attribute",
		    local);
	if (name.space != NULL)
		return E_OK; /* nothing of SVG, which draws */
	if (strcmp(local, "class") == 0)
		svg_drawing_class(picture->drawing, value);
	svg_drawing_points(picture->drawing, svg_limit_points(local, value));
	return svg_style_attribute(local, value, picture->drawing, diag);
}

static enum err
check_element(struct picture *picture, struct name name)
{
	struct diag *diag = picture->diag;
	bool is_svg = is_in(name, svg_namespace);
	const char *kind = is_svg ? element_of(name.local) : "";

	if (picture->depth == 0 && (!is_svg || strcmp(name.local, "svg") != 0))
		return diag_tell(diag, E_INVALID,
		    "The file is not an SVG:"
		    " its outermost element must be svg of %s",
		    svg_namespace);
	if (picture->depth > DEPTH_MAX)
		return svg_refuse(diag, "elements too deep within each other",
		    NULL);
	if (kind == NULL || (!is_svg && !is_inert(name)))
		return svg_refuse(diag, "the element", name.local);
	if (picture->in_style)
		return svg_refuse(diag, "an element within", "style");
	return svg_drawing_add(picture->drawing, kind, picture->depth, diag);
}

/* attributes: names and values in turn, up to a NULL. */
static void
on_element(void *context, const char *told, const char **attributes)
{
	struct picture *picture = context;
	struct name name = name_of(told);

	if (picture->rc != E_OK)
		return;
	note(picture, check_element(picture, name));
	if (picture->rc == E_OK)
		note(picture,
		    svg_limit_check(name.local, (const char *const *)attributes,
			picture->diag));
	for (; picture->rc == E_OK && attributes[0] != NULL; attributes += 2)
		note(picture,
		    check_attribute(picture, name.local, attributes[0],
			attributes[1]));
	if (picture->text == 0 && strcmp(name.local, "text") == 0)
		picture->text = picture->depth;
	picture->depth++;
	picture->in_style = strcmp(name.local, "style") == 0;
}

static void
on_element_end(void *context, const char *told)
{
	struct picture *picture = context;
	enum err rc;

	(void)told;
	picture->depth--;
	if (picture->text == picture->depth)
		picture->text = 0;
	if (picture->rc != E_OK || !picture->in_style)
		return;
	picture->in_style = false;
	rc = buf_done(&picture->style);
	if (rc == E_OK && picture->style.len > 0)
		rc = check_style(picture, picture->style.data, true);
	note(picture, rc);
	buf_reset(&picture->style, STYLE_MAX);
}

static void
on_text(void *context, const char *text, int len)
{
	struct picture *picture = context;

	if (picture->in_style)
		buf_add(&picture->style, text, (size_t)len);
	if (picture->text != 0 && picture->rc == E_OK)
		svg_drawing_points(picture->drawing, (size_t)len);
}

static void
on_instruction(void *context, const char *target, const char *text)
{
	struct picture *picture = context;

	(void)text;
	if (picture->rc == E_OK)
		note(picture,
		    svg_refuse(picture->diag, "the processing instruction",
			target));
}

/* What check_bytes() did not find, though in UTF-8 it finds all. */
static void
on_doctype(void *context, const char *name, const char *system_id,
    const char *public_id, int internal)
{
	struct picture *picture = context;

	(void)name;
	(void)system_id;
	(void)public_id;
	(void)internal;
	if (picture->rc == E_OK)
		note(picture, svg_refuse(picture->diag, "a DOCTYPE", NULL));
}

static void
on_declaration(void *context, const char *version, const char *encoding,
    int standalone)
{
	struct picture *picture = context;

	(void)version;
	(void)standalone;
	if (encoding != NULL && strcasecmp(encoding, "UTF-8") != 0)
		note(picture,
		    diag_tell(picture->diag, E_INVALID,
			"The SVG"
			" declares another encoding: save it as UTF-8"));
}

/*
 * A browser must read the same characters as we do: they are UTF-8, and no
 * other encoding is declared. In UTF-8 a DOCTYPE can be written in one way
 * only, so it is found before anything of it is read.
 */
static enum err
check_bytes(struct span bytes, struct diag *diag)
{
	if (memchr(bytes.at, '\0', bytes.len) != NULL ||
	    span_utf8_chars(bytes) == SIZE_MAX)
		return diag_tell(diag, E_INVALID,
		    "The file is not an SVG in UTF-8");
	if (memmem(bytes.at, bytes.len, "<!DOCTYPE", 9) != NULL ||
	    memmem(bytes.at, bytes.len, "<!ENTITY", 8) != NULL)
		return svg_refuse(diag, "a DOCTYPE", NULL);
	return E_OK;
}

static void
read_picture(struct picture *picture, struct span bytes)
{
	XML_Parser parser = picture->parser;

	XML_SetUserData(parser, picture);
	XML_SetElementHandler(parser, on_element, on_element_end);
	XML_SetCharacterDataHandler(parser, on_text);
	XML_SetProcessingInstructionHandler(parser, on_instruction);
	XML_SetStartDoctypeDeclHandler(parser, on_doctype);
	XML_SetXmlDeclHandler(parser, on_declaration);
	if (XML_Parse(parser, bytes.at, (int)bytes.len, XML_TRUE) !=
		XML_STATUS_OK &&
	    picture->rc == E_OK)
		picture->rc = XML_GetErrorCode(parser) == XML_ERROR_NO_MEMORY ?
		    diag_set(picture->diag, E_NO_MEMORY, "an SVG") :
		    diag_tell(picture->diag, E_INVALID,
			"The file is not an SVG: it is not well-formed XML");
	if (picture->rc == E_OK)
		picture->rc = svg_drawing_check(picture->drawing,
		    picture->diag);
}

enum err
svg_check(struct span bytes, struct diag *diag)
{
	struct picture picture = { .diag = diag };
	enum err rc = check_bytes(bytes, diag);

	if (rc != E_OK)
		return rc;
	/* Whatever it declares: on_declaration() judges that. */
	picture.parser = XML_ParserCreateNS("UTF-8", SEPARATOR);
	picture.drawing = svg_drawing_new();
	buf_init(&picture.style, STYLE_MAX);
	if (picture.parser == NULL || picture.drawing == NULL)
		picture.rc = diag_set(diag, E_NO_MEMORY, "an SVG");
	else
		read_picture(&picture, bytes);
	buf_free(&picture.style);
	svg_drawing_free(picture.drawing);
	if (picture.parser != NULL)
		XML_ParserFree(picture.parser);
	return picture.rc;
}
#else
enum err
svg_check(struct span bytes, struct diag *diag)
{
	(void)bytes;
	return diag_tell(diag, E_NOT_SET_UP,
	    "This service was built without"
	    " expat and takes no SVG");
}
#endif
