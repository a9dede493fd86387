/* SPDX-License-Identifier: MIT */
/* The end of a table's rows; see row_words.h. */
#ifndef TABLES_FOLLOW
#undef TABLE
#undef COLUMN
#undef DEFAULT
#undef KEY
#undef CHECK
#undef INDEX
#undef POLICY
#undef TRIGGER
#undef GRANT
#undef ONCE
#undef GIVEN
#undef DERIVED
#undef STICKY
#undef MEASURED
#undef ISOLATED
#undef REPORTED
#undef SERVED
#undef SERVED_ID
#undef KEPT
#undef OWNED
#undef OF_INTEGRATION
#endif
