/* SPDX-License-Identifier: MIT */
#include "adapters/svg/svg.h"
#include "unit/unit.h"

#include <string.h>

#include "base/buf.h"

#define NS "xmlns=\"http://www.w3.org/2000/svg\""
#define XLINK "xmlns:xlink=\"http://www.w3.org/1999/xlink\""
#define SVG(inside) "<svg " NS " " XLINK ">" inside "</svg>"

static struct diag diag;

static void
setup(void)
{
	diag_clear(&diag);
}

#ifdef HAVE_EXPAT
static const char *const good[] = {
	SVG(""),
	"<svg " NS "/>",
	"<?xml version=\"1.0\"?>" SVG(""),
	"<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"no\"?>\n" SVG(""),
	"\xef\xbb\xbf" SVG(""),
	"<!-- made by hand -->" SVG("<!-- <script> -->"),
	"<s:svg xmlns:s=\"http://www.w3.org/2000/svg\"><s:path d=\"M0\"/></s:svg>",
	SVG("<path d=\"M0 0h9\" fill=\"#f00\" stroke=\"url(#g)\"/>"),
	SVG("<rect fill=\"url( '#g' )\" clip-path=\"url(&quot;#c&quot;)\"/>"),
	SVG("<linearGradient id=\"g\"><stop offset=\"0\"/></linearGradient>"
	    "<use xlink:href=\"#g\"/><use href=\"#g\"/>"),
	SVG("<style>.a { fill: url(#g) } @media print { .a { fill: red } }"
	    "</style>"),
	SVG("<style><![CDATA[.a > .b { fill: red }]]></style>"),
	SVG("<style/><style></style>"),
	SVG("<g style=\"fill: red; mask: URL(#m)\"/>"),
	SVG("<image href=\"data:image/png;base64,iVBORw0KGgo=\"/>"),
	SVG("<text>javascript: is a word, url(http://x) too &lt;b&gt; \xc3\xa9"
	    "&#233;</text>"),
	SVG("<title>once upon</title><desc aria-label=\"binding\"/>"),
	SVG("<filter><feGaussianBlur stdDeviation=\"2\"/></filter>"),
	SVG("<metadata><r:RDF xmlns:r=\"http://www.w3.org/1999/02/22-rdf-syntax"
	    "-ns#\"><r:li>x</r:li></r:RDF></metadata>"),
	SVG("<g id=\"a\"><path/></g><g id=\"b\"><use href=\"#a\"/></g>"
	    "<use href=\"#b\"/><use href=\"#nowhere\"/>"),
	SVG("<s:namedview xmlns:s=\"http://sodipodi.sourceforge.net/DTD/"
	    "sodipodi-0.dtd\" s:docname=\"a.svg\"/>"),
};

START_TEST(a_picture_is_taken)
{
	ck_assert_msg(svg_check(str_span(good[_i]), &diag) == E_OK, "%s: %s",
	    good[_i], diag.client);
}
END_TEST

static const struct {
	const char *svg;
	const char *says;
} bad[] = {
	/* no SVG at all */
	{ "", "SVG" },
	{ "x", "well-formed" },
	{ "<svg/>", "outermost" },
	{ "<html xmlns=\"http://www.w3.org/1999/xhtml\"/>", "outermost" },
	{ "<g " NS "/>", "outermost" },
	{ "<svg " NS ">", "well-formed" },
	{ SVG("<g>"), "well-formed" },
	{ SVG("") SVG(""), "well-formed" },
	{ SVG("") "after", "well-formed" },
	{ SVG("<g id=\"1\" id=\"2\"/>"), "well-formed" },
	{ SVG("&nbsp;"), "" },
	{ "\xff\xfe<", "UTF-8" },
	{ SVG("\xc0\xbc"), "UTF-8" },
	{ "<?xml version=\"1.0\" encoding=\"UTF-7\"?>" SVG(""), "" },
	{ "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" SVG(""),
	    "encoding" },
	/* DTD and entities */
	{ "<!DOCTYPE svg>" SVG(""), "DOCTYPE" },
	{ "<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
	    SVG("<text>&x;</text>"), "DOCTYPE" },
	{ "<!DOCTYPE svg [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>"
	    SVG("&b;"), "DOCTYPE" },
	{ "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\""
	    " \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\">" SVG(""),
	    "DOCTYPE" },
	{ "<!DOCTYPE svg [<!ATTLIST svg onload CDATA \"alert(1)\">]>" SVG(""),
	    "DOCTYPE" },
	/* scripts */
	{ SVG("<script>alert(1)</script>"), "script" },
	{ SVG("<SCRIPT>alert(1)</SCRIPT>"), "SCRIPT" },
	{ SVG("<script href=\"data:,alert(1)\"/>"), "script" },
	{ SVG("<x:script xmlns:x=\"http://www.w3.org/1999/xhtml\">x</x:script>"),
	    "script" },
	{ SVG("<script xmlns=\"\">alert(1)</script>"), "script" },
	{ SVG("<script xmlns=\"http://www.w3.org/2000/svg&#32;\"/>"), "script" },
	{ SVG("<g onload=\"alert(1)\"/>"), "onload" },
	{ SVG("<g ONLOAD=\"alert(1)\"/>"), "ONLOAD" },
	{ SVG("<g onbegin=\"\"/>"), "onbegin" },
	{ SVG("<g xlink:onload=\"alert(1)\"/>"), "onload" },
	{ "<svg " NS " onload=\"alert(1)\"/>", "onload" },
	{ SVG("<a href=\"javascript:alert(1)\"><path/></a>"), "element a" },
	{ SVG("<use href=\"javascript:alert(1)\"/>"), "script" },
	{ SVG("<use href=\"&#106;ava&#9;script:alert(1)\"/>"), "script" },
	{ SVG("<use href=\" \n JaVaScRiPt:alert(1)\"/>"), "script" },
	{ SVG("<set attributeName=\"href\" to=\"javascript:alert(1)\"/>"),
	    "element set" },
	{ SVG("<animate attributeName=\"href\" values=\"x\"/>"), "animate" },
	{ SVG("<handler type=\"application/ecmascript\"/>"), "handler" },
	/* foreign content */
	{ SVG("<foreignObject><p/></foreignObject>"), "foreignObject" },
	{ SVG("<h:iframe xmlns:h=\"http://www.w3.org/1999/xhtml\"/>"),
	    "iframe" },
	{ SVG("<m:math xmlns:m=\"http://www.w3.org/1998/Math/MathML\"/>"),
	    "math" },
	{ SVG("<metadata><h:script xmlns:h=\"http://www.w3.org/1999/xhtml\"/>"
	    "</metadata>"), "script" },
	/* references */
	{ SVG("<image href=\"http://evil.example/x.png\"/>"), "elsewhere" },
	{ SVG("<image xlink:href=\"//evil.example/x.png\"/>"), "elsewhere" },
	{ SVG("<image href=\"file:///etc/passwd\"/>"), "elsewhere" },
	{ SVG("<image href=\"data:image/svg+xml;base64,PHN2Zz4=\"/>"),
	    "elsewhere" },
	{ SVG("<image href=\"data:text/html,x\"/>"), "elsewhere" },
	{ SVG("<use href=\"other.svg#a\"/>"), "elsewhere" },
	{ SVG("<use href=\"data:image/png;base64,iVBO\"/>"), "elsewhere" },
	{ SVG("<feImage href=\"#a\"/>"), "feImage" },
	{ SVG("<g xml:base=\"http://evil.example/\"/>"), "base" },
	{ SVG("<rect fill=\"url(http://evil.example/#a)\"/>"), "fill" },
	{ SVG("<rect fill=\"URL( 'http://evil.example/#a' )\"/>"), "fill" },
	{ SVG("<rect filter=\"url(#a) url(//evil.example)\"/>"), "filter" },
	{ SVG("<rect mask=\"image-set('//evil.example' 1x)\"/>"), "mask" },
	{ SVG("<rect fill=\"u\\72l(http://evil.example)\"/>"), "backslash" },
	/* what draws itself */
	{ SVG("<g id=\"a\"><use href=\"#a\"/></g>"), "draws" },
	{ SVG("<g id=\"a b\"><use href=\"#a%20&#9;%62 \"/></g>"), "draws" },
	{ SVG("<g id=\"a\"><use xlink:href=\"#b\"/></g><g id=\"b\"/>"
	    "<g id=\"b\"><use href=\"#a\"/></g>"), "draws" },
	{ SVG("<use href=\"#a\" xlink:href=\"#b\"/>"), "draws" },
	/* styles */
	{ SVG("<g style=\"fill: url(http://evil.example)\"/>"), "style" },
	{ SVG("<g style=\"fill: u\\72l(x)\"/>"), "style" },
	{ SVG("<style>@import 'http://evil.example/x.css';</style>"),
	    "@import" },
	{ SVG("<style>@IMPORT \"x\";</style>"), "@import" },
	{ SVG("<style>@font-face { src: local(x) }</style>"), "@font-face" },
	{ SVG("<style>@imp<!-- -->ort 'x';</style>"), "@import" },
	{ SVG("<style>a { fill: u<![CDATA[rl(]]>http://x) }</style>"),
	    "style" },
	{ SVG("<style>a { fill: &#117;rl(http://x) }</style>"), "style" },
	{ SVG("<style>a { width: expression(alert(1)) }</style>"), "style" },
	{ SVG("<style>a { -moz-binding: url(#x) }</style>"), "binding" },
	{ SVG("<style><g/></style>"), "style" },
	/* processing instructions */
	{ "<?xml-stylesheet href=\"http://evil.example/x.css\"?>" SVG(""),
	    "xml-stylesheet" },
	{ SVG("<?php x ?>"), "php" },
};

START_TEST(what_could_do_more_is_refused)
{
	ck_assert_msg(svg_check(str_span(bad[_i].svg), &diag) == E_INVALID,
	    "taken: %s", bad[_i].svg);
	ck_assert_msg(strstr(diag.client, bad[_i].says) != NULL, "%s: %s",
	    bad[_i].svg, diag.client);
}
END_TEST

START_TEST(bytes_that_are_no_text_are_refused)
{
	/* UTF-16, which a browser would read. */
	ck_assert_int_eq(svg_check(SPAN_LIT("\xff\xfe<\0s\0v\0g\0"), &diag),
	    E_INVALID);
	ck_assert_int_eq(svg_check(SPAN_LIT("<\0s\0v\0g\0/\0>\0"), &diag),
	    E_INVALID);
	ck_assert_int_eq(svg_check(SPAN_LIT(SVG("") "\0"), &diag), E_INVALID);
}
END_TEST

START_TEST(depth_has_a_limit)
{
	struct buf svg;

	buf_init(&svg, 1 << 20);
	buf_add_text(&svg, "<svg " NS ">");
	for (int i = 0; i < 100; i++)
		buf_add_text(&svg, "<g>");
	for (int i = 0; i < 100; i++)
		buf_add_text(&svg, "</g>");
	buf_add_text(&svg, "</svg>");
	ck_assert_int_eq(svg_check(buf_span(&svg), &diag), E_INVALID);
	ck_assert_ptr_nonnull(strstr(diag.client, "deep"));
	buf_free(&svg);
}
END_TEST

START_TEST(a_picture_draws_fewer_than_10000_elements)
{
	struct buf svg;

	/* The svg, and with each use what it refers to. */
	for (int more = 0; more < 2; more++) {
		buf_init(&svg, 1 << 20);
		buf_add_text(&svg, "<svg " NS ">");
		for (int i = 0; i < 4998 + more; i++)
			buf_add_text(&svg, "<use href=\"#a\"/>");
		buf_add_text(&svg, "<g id=\"a\"/><g/></svg>");
		ck_assert_int_eq(svg_check(buf_span(&svg), &diag),
		    more == 0 ? E_OK : E_INVALID);
		buf_free(&svg);
	}
}
END_TEST

#else
START_TEST(without_expat_no_picture_is_taken)
{
	ck_assert_int_eq(svg_check(SPAN_LIT(SVG("")), &diag), E_NOT_SET_UP);
	ck_assert_ptr_nonnull(strstr(diag.client, "expat"));
}
END_TEST
#endif

int
main(void)
{
	Suite *suite = suite_create("svg");
	TCase *tcase = tcase_create("svg");

	tcase_add_checked_fixture(tcase, setup, NULL);
#ifdef HAVE_EXPAT
	tcase_add_loop_test(tcase, a_picture_is_taken, 0, (int)COUNT(good));
	tcase_add_loop_test(tcase, what_could_do_more_is_refused, 0,
	    (int)COUNT(bad));
	tcase_add_test(tcase, bytes_that_are_no_text_are_refused);
	tcase_add_test(tcase, depth_has_a_limit);
	tcase_add_test(tcase, a_picture_draws_fewer_than_10000_elements);
#else
	tcase_add_test(tcase, without_expat_no_picture_is_taken);
#endif
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
