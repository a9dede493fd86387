/* SPDX-License-Identifier: MIT */
#include "models/product.h"

#include "models/entity_type.h"
#include "unit/unit.h"

static const struct {
	struct span word;
	bool known;
} words[] = {
	{ LIT("jira"), true },
	{ LIT("github"), true },
	{ LIT("Jira"), false },
	{ LIT("jira2"), false },
	{ LIT("gitlab"), false },
	{ LIT(""), false },
	{ { NULL, 0 }, false },
};

START_TEST(products_are_found_by_their_word_alone)
{
	const struct product *product = product_find(words[_i].word);

	ck_assert_int_eq(product != NULL, words[_i].known);
	if (product != NULL)
		ck_assert(span_is(words[_i].word, product->word));
}
END_TEST

START_TEST(each_entity_type_comes_from_a_product)
{
	struct span type = str_span(entity_types[_i].name);
	const struct product *product = product_of_type(type);
	struct span rest = type;

	ck_assert_ptr_nonnull(product);
	ck_assert(span_is(span_cut(&rest, '_'), product->word));
	ck_assert(span_is_word(str_span(product->word)));
}
END_TEST

START_TEST(another_type_comes_from_none_of_ours)
{
	ck_assert_ptr_null(product_of_type(SPAN_LIT("gitlab_issues_batch")));
	ck_assert_ptr_null(product_of_type(SPAN_LIT("my batch")));
	ck_assert_ptr_null(product_of_type(SPAN_LIT("")));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("product");
	TCase *tcase = tcase_create("product");

	tcase_add_loop_test(tcase, products_are_found_by_their_word_alone, 0,
	    (int)COUNT(words));
	tcase_add_loop_test(tcase, each_entity_type_comes_from_a_product, 0,
	    (int)entity_type_count);
	tcase_add_test(tcase, another_type_comes_from_none_of_ours);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
