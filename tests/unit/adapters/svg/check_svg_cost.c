/* SPDX-License-Identifier: MIT */
/* What a picture draws, and its numbers: each bound from both sides. */
#include "adapters/svg/svg.h"
#include "unit/unit.h"

#include <string.h>

#include "base/buf.h"

#define NS "xmlns=\"http://www.w3.org/2000/svg\""
#define XLINK "xmlns:xlink=\"http://www.w3.org/1999/xlink\""
#define HEAD "<svg " NS " " XLINK ">"
#define SVG(inside) HEAD inside "</svg>"

static struct diag diag;

static void
setup(void)
{
	diag_clear(&diag);
}

#ifdef HAVE_EXPAT
/* As drawing programs write them. */
static const char *const drawn[] = {
	/* Figma: a drop shadow, a clip path, a mask, a picture as a pattern */
	SVG("<g filter=\"url(#filter0_d_1_2)\"><rect x=\"4\" width=\"100\""
	    " height=\"40\" rx=\"8\" fill=\"url(#paint0_linear_1_2)\"/></g>"
	    "<mask id=\"mask0\" style=\"mask-type:alpha\" maskUnits=\""
	    "userSpaceOnUse\" x=\"0\" y=\"0\" width=\"24\" height=\"24\">"
	    "<rect width=\"24\" height=\"24\" fill=\"#D9D9D9\"/></mask>"
	    "<g mask=\"url(#mask0)\"><path d=\"M0 0h24v24H0z\"/></g>"
	    "<g clip-path=\"url(#clip0)\"><path d=\"M1 1C2 2 3 3 4 4Z\"/></g>"
	    "<rect width=\"9\" height=\"9\" fill=\"url(#pattern0)\"/><defs>"
	    "<filter id=\"filter0_d_1_2\" x=\"0\" y=\"0\" width=\"108\""
	    " height=\"48\" filterUnits=\"userSpaceOnUse\""
	    " color-interpolation-filters=\"sRGB\"><feFlood flood-opacity=\"0\""
	    " result=\"BackgroundImageFix\"/><feColorMatrix in=\"SourceAlpha\""
	    " type=\"matrix\" values=\"0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 127"
	    " 0\" result=\"hardAlpha\"/><feMorphology radius=\"4\" operator=\""
	    "dilate\" in=\"SourceAlpha\"/><feOffset dy=\"4\"/><feGaussianBlur"
	    " stdDeviation=\"2\"/><feComposite in2=\"hardAlpha\" operator=\"out"
	    "\"/><feColorMatrix type=\"matrix\" values=\"0 0 0 0 0 0 0 0 0 0 0"
	    " 0 0 0 0 0 0 0 0.25 0\"/><feBlend mode=\"normal\" in2=\""
	    "BackgroundImageFix\"/><feBlend mode=\"normal\" in=\""
	    "SourceGraphic\"/></filter><pattern id=\"pattern0\""
	    " patternContentUnits=\"objectBoundingBox\" width=\"1\" height=\"1"
	    "\"><use xlink:href=\"#image0\" transform=\"scale(0.01)\"/>"
	    "</pattern><image id=\"image0\" width=\"100\" height=\"100\""
	    " xlink:href=\"data:image/png;base64,iVBORw0KGgo=\"/>"
	    "<linearGradient id=\"paint0_linear_1_2\" x1=\"0\" y1=\"0\""
	    " gradientUnits=\"userSpaceOnUse\"><stop stop-color=\"#fff\"/>"
	    "</linearGradient><clipPath id=\"clip0\"><rect width=\"24\""
	    " height=\"24\"/></clipPath></defs>"),
	/* Illustrator: classes, a filter in the style sheet */
	SVG("<defs><style>\n      .cls-1, .cls-2 {\n        fill: url(#a);\n"
	    "      }\n\n      .cls-2 {\n        filter: url(#drop-shadow-1);\n"
	    "        stroke-dasharray: 4 2;\n      }\n    </style><linearGradient"
	    " id=\"a\"><stop/></linearGradient><linearGradient id=\"b\""
	    " xlink:href=\"#a\"/><filter id=\"drop-shadow-1\" x=\"-2\""
	    " y=\"2.4\" width=\"40\" height=\"20\" filterUnits=\""
	    "userSpaceOnUse\"><feOffset dx=\"7\" dy=\"7\"/><feGaussianBlur"
	    " result=\"blur\" stdDeviation=\"5\"/><feFlood flood-color=\"#000\""
	    "/><feComposite in2=\"blur\" operator=\"in\"/><feComposite in=\""
	    "SourceGraphic\"/></filter></defs><g id=\"Layer_1\" data-name=\""
	    "Layer 1\"><path class=\"cls-1\" d=\"m10.5,3.2c-.5.5,1-1,0,2Z\"/>"
	    "<path class=\"cls-2\" d=\"M1 1\"/></g>"),
	/* Inkscape: properties in the attribute style, a pattern's pattern */
	SVG("<defs><pattern patternUnits=\"userSpaceOnUse\" width=\"2\""
	    " height=\"1\" patternTransform=\"translate(0,0) scale(10,10)\""
	    " id=\"Strips1_1\"><rect style=\"fill:black;stroke:none\" width=\"1"
	    "\" height=\"2\"/></pattern><pattern xlink:href=\"#Strips1_1\""
	    " id=\"pattern12\" patternTransform=\"matrix(0.26,0,0,0.26,1,1)\"/>"
	    "<marker style=\"overflow:visible\" id=\"Arrow1\" orient=\"auto\">"
	    "<path style=\"fill:context-stroke\" d=\"M 0,0 5,-5\"/></marker>"
	    "<filter id=\"filter1\" x=\"-0.012\" width=\"1.024\" y=\"-12\""
	    " height=\"25\"><feGaussianBlur stdDeviation=\"1.5 2\"/></filter>"
	    "</defs><path style=\"fill:url(#pattern12);stroke-width:0.26;"
	    "stroke-dasharray:0.26, 0.52;filter:url(#filter1);marker-end:"
	    "url(#Arrow1)\" d=\"m 0,0 c 1,1 2,2 3,3 z\"/><path style=\""
	    "stroke-dasharray:none\" d=\"m 0,0\"/><text style=\""
	    "-inkscape-font-specification:'Arial, Bold'\">Pulse</text>"),
	/* What stands behind a selector's last blank counts. */
	SVG("<style>svg > g .a:hover { filter: url(#f) }</style><filter"
	    " id=\"f\"><feOffset/></filter><g><path class=\"b a\"/></g>"),
	SVG("<style>* { fill: url(#g) } :root { stroke: url('#g') }</style>"
	    "<linearGradient id=\"g\"/><path/>"),
};

START_TEST(what_drawing_programs_write_is_taken)
{
	ck_assert_msg(svg_check(str_span(drawn[_i]), &diag) == E_OK, "%s: %s",
	    drawn[_i], diag.client);
}
END_TEST

#define OFFSET_FILTER "<filter id=\"f\"><feOffset/></filter>"
#define PATTERN "<pattern id=\"p\"><circle/></pattern>"
#define LAYERS "250 filter primitives"

/* So many pieces are taken, one more is not. */
static const struct {
	const char *head, *piece, *tail;
	size_t most;
	const char *says;
} bounds[] = {
	/* What it defines counts once, and then each use of it. */
	{ OFFSET_FILTER, "<rect filter=\"url(#f)\"/>", "", 249, LAYERS },
	{ OFFSET_FILTER, "<rect style=\"FILTER : URL( '#f' )\"/>", "", 249,
	    LAYERS },
	{ "<style>.b,\n.a\n{ filter: url(#f) }</style>" OFFSET_FILTER,
	    "<rect class=\"c a\"/>", "", 249, LAYERS },
	{ "<style>/* } */ g &gt; rect.x { k: '}'; filter: url(#f)}</style>"
	    OFFSET_FILTER, "<rect/>", "", 249, LAYERS },
	{ "<filter id=\"f\"><feTurbulence/></filter>",
	    "<rect filter=\"url(#f)\"/>", "", 9, LAYERS },
	{ "<filter id=\"f\"><feMorphology/></filter>",
	    "<rect filter=\"url(#f)\"/>", "", 49, LAYERS },
	{ "<filter>", "<feOffset/>", "</filter>", 250, LAYERS },
	{ "<mask id=\"m\"/>", "<g mask=\"url(#m)\"/>", "", 249, LAYERS },
	{ PATTERN, "<rect fill=\"url(#p)\"/>", "", 249, LAYERS },
	{ PATTERN, "<rect fill=\"url(#p)\" stroke=\"url(#p)\"/>", "", 124,
	    LAYERS },
	{ PATTERN "<g fill=\"url(#p)\">", "<rect/>", "</g>", 249, LAYERS },
	{ PATTERN "<path id=\"a\"/>", "<use href=\"#a\" fill=\"url(#p)\"/>", "",
	    249, LAYERS },
	/* A mask of two patterns: 4 layers, and 3 for each use. */
	{ PATTERN "<mask id=\"m\"><rect fill=\"url(#p)\"/><rect"
	    " fill=\"url(#p)\"/></mask>", "<g mask=\"url(#m)\"/>", "", 82,
	    LAYERS },
	{ "", "<path stroke-dasharray=\"1\"/>", "", 250, LAYERS },
	{ "<g style=\"stroke-dasharray: 1 2\">", "<path/>", "</g>", 250,
	    LAYERS },
	{ "<style>.a { stroke-dasharray: 1 }</style>",
	    "<path class=\"a\"/>", "", 250, LAYERS },
	/* All but 5 of 9,999 elements, two for each point. */
	{ "<marker id=\"m\"><path/></marker><path marker-mid=\"url(#m)\""
	    " d=\"M0 0", "h1", "z\"/>", 4995, "draws 10000 elements" },
	{ "<marker id=\"m\"><path/></marker><g stroke-dasharray=\"9\" marker=\"url(#m)\"><polyline"
	    " points=\"0,0", " 1,1", "\"/></g>", 4996, "draws 10000 elements" },
	{ "<clipPath id=\"c\"><path/></clipPath>",
	    "<path clip-path=\"url(#c)\"/>", "", 3332, "draws 10000 elements" },
	{ "<path id=\"a\" d=\"M0 0h1h1h1h1h1h1h1h1h1\"/>"
	    "<path id=\"b\" d=\"M0 0c1 1 2 2 3 3\"/><g id=\"c\"><use href=\""
	    "#a\"/></g>", "<use href=\"#c\"/>", "", 2498,
	    "draws 10000 elements" },
	{ "<path d=\"", "h1", "\"/>", 1000000, "1000000 points" },
	{ "<text><tspan/>", "x", "</text>", 1000000, "1000000 points" },
	{ "<style>", ".a{fill:url(#g)}", "</style>", 500, "500 parts" },
	{ "<g fill=\"", "url(#g)", "\"/>", 20000, "20000 parts" },
	{ "<style>.a,.a,.a,.a{fill:url(#g)}</style>", "<g class=\"a\"/>", "",
	    5000, "20000 parts" },
};

static enum err
check_many(const char *head, const char *piece, size_t count,
    const char *tail)
{
	struct buf svg;
	enum err rc;

	buf_init(&svg, 1 << 22);
	buf_add_text(&svg, HEAD);
	buf_add_text(&svg, head);
	for (size_t i = 0; i < count; i++)
		buf_add_text(&svg, piece);
	buf_add_text(&svg, tail);
	buf_add_text(&svg, "</svg>");
	ck_assert_int_eq(buf_done(&svg), E_OK);
	rc = svg_check(buf_span(&svg), &diag);
	buf_free(&svg);
	return rc;
}

START_TEST(what_is_drawn_has_limits)
{
	const char *head = bounds[_i].head, *piece = bounds[_i].piece;
	const char *tail = bounds[_i].tail;
	size_t most = bounds[_i].most;

	ck_assert_msg(check_many(head, piece, most, tail) == E_OK,
	    "%zu of %s%s: %s", most, head, piece, diag.client);
	ck_assert_msg(check_many(head, piece, most + 1, tail) == E_INVALID,
	    "taken: %zu of %s%s", most + 1, head, piece);
	ck_assert_msg(strstr(diag.client, bounds[_i].says) != NULL, "%s%s: %s",
	    head, piece, diag.client);
}
END_TEST

START_TEST(references_lead_over_16_others)
{
	struct buf svg;

	for (int count = 16; count <= 17; count++) {
		buf_init(&svg, 1 << 16);
		buf_add_text(&svg, HEAD "<mask id=\"m0\"/>");
		for (int i = 1; i <= count; i++)
			buf_printf(&svg, "<mask id=\"m%d\"><g mask=\""
			    "url(#m%d)\"/></mask>", i, i - 1);
		buf_add_text(&svg, "</svg>");
		ck_assert_int_eq(svg_check(buf_span(&svg), &diag),
		    count == 16 ? E_OK : E_INVALID);
		buf_free(&svg);
	}
	ck_assert_ptr_nonnull(strstr(diag.client, "more than 16 others"));
}
END_TEST

/* Ours is the time when nothing is drawn, but looked up again and again. */
START_TEST(references_are_followed_so_often)
{
	struct buf svg;

	buf_init(&svg, 1 << 20);
	buf_add_text(&svg, HEAD "<g fill=\"");
	for (int i = 0; i < 10000; i++)
		buf_add_text(&svg, "url(#g)");
	buf_add_text(&svg, "\">");
	for (int i = 0; i < 5000; i++)
		buf_add_text(&svg, "<path/>");
	buf_add_text(&svg, "</g></svg>");
	ck_assert_int_eq(svg_check(buf_span(&svg), &diag), E_INVALID);
	ck_assert_ptr_nonnull(strstr(diag.client, "5000000 times"));
	buf_free(&svg);
	diag_clear(&diag);
	buf_init(&svg, 1 << 20);
	buf_add_text(&svg, HEAD "<style>");
	for (int i = 0; i < 500; i++)
		buf_add_text(&svg, ".a{fill:url(#g)}");
	buf_add_text(&svg, "</style><g class=\"");
	for (int i = 0; i < 100000; i++)
		buf_add_text(&svg, "b ");
	buf_add_text(&svg, "\"/></svg>");
	ck_assert_int_eq(svg_check(buf_span(&svg), &diag), E_INVALID);
	ck_assert_ptr_nonnull(strstr(diag.client, "5000000 times"));
	buf_free(&svg);
}
END_TEST

static const struct {
	const char *good, *bad;
	const char *says;
} numbers[] = {
#define FE(name, attribute, good, bad, says) \
	{ SVG("<filter><" name " " attribute "=\"" good "\"/></filter>"), \
	    SVG("<filter><" name " " attribute "=\"" bad "\"/></filter>"), \
	    says }
	FE("feGaussianBlur", "stdDeviation", "250 0", "1, 250.1",
	    "stdDeviation of feGaussianBlur above 250"),
	FE("feDropShadow", "stdDeviation", "2.5e2", "25.1e+1", "above 250"),
	FE("feTurbulence", "numOctaves", "5", "6", "above 5"),
	FE("feMorphology", "radius", "50", "3 51", "above 50"),
	FE("feMorphology", "radius", "5", "00000000000000000000000000000000000"
	    "0000000000000000000000000000000000000000000000051", "above 50"),
	FE("feConvolveMatrix", "order", "7", "3,8", "above 7"),
	FE("feConvolveMatrix", "kernelUnitLength", "1", "0.9", "below 1"),
	FE("feDiffuseLighting", "kernelUnitLength", "1", ".9", "below 1"),
	FE("feSpecularLighting", "kernelUnitLength", "1 1", "1 0", "below 1"),
	FE("feFlood", "width", "10000", "10001", "above 10000"),
	FE("feFlood", "height", "5000%", "5001%", "above 50"),
#undef FE
#define OF(name, good, bad, says) \
	{ SVG("<" name " " good "/>"), SVG("<" name " " bad "/>"), says }
	OF("filter", "filterRes=\"1000\"", "filterRes=\"1001\"", "above 1000"),
	OF("filter", "width=\"50\"", "width=\"51\"", "width of filter above 50"),
	OF("filter", "height=\"5000%\"", "height=\"5001%\"", "above 50"),
	OF("filter", "filterUnits=\"userSpaceOnUse\" height=\"10000\"",
	    "filterUnits=\"userSpaceOnUse\" height=\"1e9\"", "above 10000"),
	OF("filter", "primitiveUnits=\"userSpaceOnUse\"",
	    "primitiveUnits=\"objectBoundingBox\"", "primitiveUnits"),
	OF("pattern", "width=\"0.01\"", "width=\".0099\"", "below 0.01"),
	OF("pattern", "width=\"1%\"", "width=\"0.9%\"", "below 0.01"),
	OF("pattern", "patternUnits=\"userSpaceOnUse\" height=\"0.1\"",
	    "patternUnits=\"userSpaceOnUse\" height=\"0.09\"", "below 0.1"),
	OF("pattern", "xlink:href=\"#a\" width=\"0\"",
	    "xlink:href=\"#a\" width=\"0.09\"", "below 0.1"),
	OF("pattern", "patternTransform=\"rotate(9) scale(0.1) scale (.1 .1)\"",
	    "patternTransform=\"scale(0.1) scale (.1 .09)\"", "0.0001"),
	OF("pattern", "patternTransform=\"matrix(0 -.01 .01 0 0 0)\"",
	    "patternTransform=\"matrix (0,-.01,.009,0,0,0)\"", "0.0001"),
	OF("path", "stroke-dasharray=\".05 .05\"", "stroke-dasharray=\".05 .04\"",
	    "less than 0.1"),
	OF("path", "stroke-dasharray=\"0\"", "stroke-dasharray=\"1e-9px\"",
	    "less than 0.1"),
	OF("path", "stroke-dasharray=\"none\"",
	    "stroke-dasharray=\"/*1*/.001\"", "computed"),
	OF("path", "style=\"stroke-dasharray:1\"",
	    "style=\"a:b;\nStroke-Dasharray: calc(1px / 999)\"", "computed"),
	OF("path", "pathLength=\"10000\"", "pathLength=\"10001\"",
	    "above 10000"),
	/* styles that say it in another way */
	OF("path", "style=\"filter: contrast(2)\"",
	    "style=\"filter: blur(9999px)\"", "element filter"),
	OF("path", "filter=\"none\"", "filter=\"drop-shadow(0 0 1em red)\"",
	    "element filter"),
	OF("path", "style=\"--a: red\"", "style=\"--a: url(#f)\"", "--name"),
	OF("path", "style=\"x: y\"", "style=\"\nd: path('M0 0')\"", "a path"),
	OF("path", "style=\"a: b(c)\"", "style=\"a: b(;);c: d\"",
	    "parenthesis"),
	OF("path", "fill=\"url(#a) red\"", "fill=\"url(#a'b)\"", "elsewhere"),
	{ SVG("<style>@media print { .a { fill: red } }</style>"),
	    SVG("<style>@keyframes a { to { fill: red } }</style>"),
	    "keyframes" },
	{ SVG("<style>.n { * { filter: url(#f) } }</style>"),
	    SVG("<style>.n { * { x:(});filter: url(#f) } }</style>"),
	    "parenthesis" },
	{ SVG("<style>.n { fill: red }</style>"),
	    SVG("<style>[a] { fill: red }</style>"), "style" },
#undef OF
};

START_TEST(numbers_have_limits)
{
	ck_assert_msg(svg_check(str_span(numbers[_i].good), &diag) == E_OK,
	    "%s: %s", numbers[_i].good, diag.client);
	ck_assert_msg(svg_check(str_span(numbers[_i].bad), &diag) == E_INVALID,
	    "taken: %s", numbers[_i].bad);
	ck_assert_msg(strstr(diag.client, numbers[_i].says) != NULL, "%s: %s",
	    numbers[_i].bad, diag.client);
}
END_TEST

#else
START_TEST(without_expat_nothing_is_drawn)
{
	ck_assert_int_eq(svg_check(SPAN_LIT(SVG("")), &diag), E_NOT_SET_UP);
}
END_TEST
#endif

int
main(void)
{
	Suite *suite = suite_create("svg_cost");
	TCase *tcase = tcase_create("svg_cost");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_set_timeout(tcase, 60);
#ifdef HAVE_EXPAT
	tcase_add_loop_test(tcase, what_drawing_programs_write_is_taken, 0,
	    (int)COUNT(drawn));
	tcase_add_loop_test(tcase, what_is_drawn_has_limits, 0,
	    (int)COUNT(bounds));
	tcase_add_test(tcase, references_lead_over_16_others);
	tcase_add_test(tcase, references_are_followed_so_often);
	tcase_add_loop_test(tcase, numbers_have_limits, 0,
	    (int)COUNT(numbers));
#else
	tcase_add_test(tcase, without_expat_nothing_is_drawn);
#endif
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
