#include "adapters/svg.h"

#include <string.h>

#ifdef HAVE_XML
#include <libxml/xmlreader.h>
#endif

#include "adapters/svg_drawing.h"
#include "base/buf.h"

#ifdef HAVE_XML
/* Elements within each other; a drawing has a few. */
#define DEPTH_MAX 64
/* A style sheet of more bytes than the whole picture may have. */
#define STYLE_MAX (2u << 20)

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
#include "adapters/svg_element_table.h"
#undef ELEMENT
};

/* What an image may hold: pictures of points, never another SVG. */
static const char *const data_types[] = {
	"data:image/png;base64,", "data:image/jpeg;base64,",
	"data:image/gif;base64,", "data:image/webp;base64,",
};

/* Functions of CSS that fetch something; url() may name a part. */
static const char *const fetching[] = { "image-set(", "image(", "src(",
	"cross-fade(", "element(" };

/*
 * What else a style may not hold. A backslash would spell any word in another
 * way.
 */
static const char *const style_words[] = { "\\", "@import", "@font-face",
	"@namespace", "@charset", "expression", "javascript:", "behavior",
	"binding" };

static enum err
refuse(struct diag *diag, const char *what, const char *name)
{
	return diag_tell(diag, E_INVALID, "The SVG holds %s%s%.40s: remove it",
	    what, name == NULL ? "" : " ", name == NULL ? "" : name);
}

static bool
is_one_of(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* A style or attribute may fetch nothing but name a part of the picture. */
static bool
stays_within(const char *text)
{
	for (size_t i = 0; i < COUNT(fetching); i++)
		if (strcasestr(text, fetching[i]) != NULL)
			return false;
	for (const char *at = text; (at = strcasestr(at, "url")) != NULL;) {
		at += 3;
		if (*at != '(')
			continue;
		at += 1 + strspn(at + 1, " \t\r\n\f\"'");
		if (*at != '#')
			return false;
	}
	return true;
}

static enum err
check_style(const char *text, struct diag *diag)
{
	for (size_t i = 0; i < COUNT(style_words); i++)
		if (strcasestr(text, style_words[i]) != NULL)
			return refuse(diag, "a style with", style_words[i]);
	if (!stays_within(text))
		return refuse(diag, "a style that refers to elsewhere", NULL);
	return E_OK;
}

/* A browser passes over blanks and control characters in a scheme. */
static bool
has_script(const char *value)
{
	static const char word[] = "javascript:";
	size_t matched = 0;

	for (const char *at = value; *at != '\0'; at++) {
		char c = *at >= 'A' && *at <= 'Z' ? (char)(*at + 32) : *at;

		if ((unsigned char)c <= ' ')
			continue;
		matched = c == word[matched] ? matched + 1 :
		    c == word[0] ? 1 : 0;
		if (word[matched] == '\0')
			return true;
	}
	return false;
}

static enum err
check_href(const char *element, const char *value, struct diag *diag)
{
	if (value[0] == '#' || value[0] == '\0')
		return E_OK;
	if (strcmp(element, "image") == 0)
		for (size_t i = 0; i < COUNT(data_types); i++)
			if (strncasecmp(value, data_types[i],
			    strlen(data_types[i])) == 0)
				return E_OK;
	return refuse(diag, "a reference to elsewhere in", element);
}

/* Style sheets are checked whole: their text may come in pieces. */
struct picture {
	xmlTextReaderPtr reader;
	bool in_style;
	struct buf style;
	struct svg_drawing *drawing;
};

static enum err
check_attribute(struct picture *picture, const char *element,
    struct diag *diag)
{
	xmlTextReaderPtr reader = picture->reader;
	const char *name = (const char *)xmlTextReaderConstLocalName(reader);
	const char *space =
	    (const char *)xmlTextReaderConstNamespaceUri(reader);
	const char *value = (const char *)xmlTextReaderConstValue(reader);

	if (xmlTextReaderIsNamespaceDecl(reader) == 1)
		return E_OK;
	if (name == NULL || value == NULL)
		return refuse(diag, "an attribute that cannot be read", NULL);
	if (strncasecmp(name, "on", 2) == 0)
		return refuse(diag, "the event attribute", name);
	if (strcasecmp(name, "base") == 0)
		return refuse(diag, "the attribute", "xml:base");
	if (has_script(value))
		return refuse(diag, "a script in the attribute", name);
	if (strcasecmp(name, "href") == 0) {
		if (value[0] == '#')
			svg_drawing_refer(picture->drawing, value + 1);
		return check_href(element, value, diag);
	}
	if (strcasecmp(name, "id") == 0)
		svg_drawing_name(picture->drawing, value);
	if (space != NULL && strcmp(space, xlink_namespace) == 0)
		return E_OK; /* of its attributes only href refers */
	if (strcasecmp(name, "src") == 0)
		return refuse(diag, "the attribute", name);
	if (strcmp(name, "style") == 0)
		return check_style(value, diag);
	/* fill, mask, filter and others take url(), escapes included. */
	if (strchr(value, '\\') != NULL)
		return refuse(diag, "a backslash in the attribute", name);
	if (!stays_within(value))
		return refuse(diag, "a reference to elsewhere in the attribute",
		    name);
	return E_OK;
}

static enum err
check_attributes(struct picture *picture, const char *element,
    struct diag *diag)
{
	xmlTextReaderPtr reader = picture->reader;
	enum err rc = E_OK;
	int more = xmlTextReaderMoveToFirstAttribute(reader);

	for (; rc == E_OK && more == 1;
	    more = xmlTextReaderMoveToNextAttribute(reader))
		rc = check_attribute(picture, element, diag);
	(void)xmlTextReaderMoveToElement(reader);
	if (rc == E_OK && more < 0)
		return refuse(diag, "an attribute that cannot be read", NULL);
	return rc;
}

static enum err
check_element(struct picture *picture, struct diag *diag)
{
	xmlTextReaderPtr reader = picture->reader;
	const char *name = (const char *)xmlTextReaderConstLocalName(reader);
	const char *space =
	    (const char *)xmlTextReaderConstNamespaceUri(reader);
	int depth = xmlTextReaderDepth(reader);
	bool is_svg = space != NULL && strcmp(space, svg_namespace) == 0;
	enum err rc;

	if (depth == 0 && (!is_svg || strcmp(name, "svg") != 0))
		return diag_tell(diag, E_INVALID, "The file is no SVG: its"
		    " outermost element must be svg of %s", svg_namespace);
	if (depth > DEPTH_MAX)
		return refuse(diag, "elements too deep within each other",
		    NULL);
	if (is_svg ? !is_one_of(name, elements, COUNT(elements)) :
	    space == NULL ||
	    !is_one_of(space, inert_namespaces, COUNT(inert_namespaces)))
		return refuse(diag, "the element", name);
	rc = svg_drawing_add(picture->drawing, depth, diag);
	if (rc != E_OK)
		return rc;
	return check_attributes(picture, name, diag);
}

static bool
is_style(xmlTextReaderPtr reader)
{
	return strcmp((const char *)xmlTextReaderConstLocalName(reader),
	    "style") == 0;
}

static enum err
check_node(struct picture *picture, struct diag *diag)
{
	const xmlChar *value;
	enum err rc;

	switch (xmlTextReaderNodeType(picture->reader)) {
	case XML_READER_TYPE_ELEMENT:
		rc = check_element(picture, diag);
		if (rc != E_OK)
			return rc;
		if (picture->in_style)
			return refuse(diag, "an element within", "style");
		picture->in_style = is_style(picture->reader) &&
		    xmlTextReaderIsEmptyElement(picture->reader) != 1;
		return E_OK;
	case XML_READER_TYPE_END_ELEMENT:
		if (!picture->in_style)
			return E_OK;
		picture->in_style = false;
		rc = buf_done(&picture->style);
		if (rc == E_OK && picture->style.len > 0)
			rc = check_style(picture->style.data, diag);
		buf_reset(&picture->style, STYLE_MAX);
		return rc;
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
	case XML_READER_TYPE_WHITESPACE:
	case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
		value = xmlTextReaderConstValue(picture->reader);
		if (picture->in_style && value != NULL)
			buf_add_text(&picture->style, (const char *)value);
		return E_OK;
	case XML_READER_TYPE_COMMENT:
		return E_OK;
	case XML_READER_TYPE_PROCESSING_INSTRUCTION:
		return refuse(diag, "the processing instruction", (const char *)
		    xmlTextReaderConstLocalName(picture->reader));
	case XML_READER_TYPE_DOCUMENT_TYPE:
		return refuse(diag, "a DOCTYPE", NULL);
	default:
		return refuse(diag, "an entity, or what no picture needs",
		    NULL);
	}
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
		    "The file is no SVG in UTF-8");
	if (memmem(bytes.at, bytes.len, "<!DOCTYPE", 9) != NULL ||
	    memmem(bytes.at, bytes.len, "<!ENTITY", 8) != NULL)
		return refuse(diag, "a DOCTYPE", NULL);
	return E_OK;
}

static enum err
check_encoding(xmlTextReaderPtr reader, struct diag *diag)
{
	const char *encoding = (const char *)xmlTextReaderConstEncoding(reader);

	if (encoding != NULL && strcasecmp(encoding, "UTF-8") != 0)
		return diag_tell(diag, E_INVALID, "The SVG declares another"
		    " encoding: save it as UTF-8");
	return E_OK;
}

enum err
svg_check(struct span bytes, struct diag *diag)
{
	struct picture picture = { NULL, false, { 0 }, NULL };
	enum err rc = check_bytes(bytes, diag);
	int more = 1;

	if (rc != E_OK)
		return rc;
	picture.reader = xmlReaderForMemory(bytes.at, (int)bytes.len, NULL,
	    NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	picture.drawing = svg_drawing_new();
	if (picture.reader == NULL || picture.drawing == NULL)
		rc = diag_set(diag, E_NO_MEMORY, "no memory for an SVG");
	buf_init(&picture.style, STYLE_MAX);
	while (rc == E_OK && (more = xmlTextReaderRead(picture.reader)) == 1) {
		rc = check_encoding(picture.reader, diag);
		if (rc == E_OK)
			rc = check_node(&picture, diag);
	}
	if (rc == E_OK && more != 0)
		rc = diag_tell(diag, E_INVALID,
		    "The file is no SVG: it is not well-formed XML");
	if (rc == E_OK)
		rc = svg_drawing_check(picture.drawing, diag);
	buf_free(&picture.style);
	svg_drawing_free(picture.drawing);
	if (picture.reader != NULL)
		xmlFreeTextReader(picture.reader);
	return rc;
}
#else
enum err
svg_check(struct span bytes, struct diag *diag)
{
	(void)bytes;
	return diag_tell(diag, E_NOT_SET_UP, "This service was built without"
	    " libxml2 and takes no SVG");
}
#endif
