/* The end of a table's rows; see begin_table.h. */
#ifndef TABLES_FOLLOW
#undef TABLE
#undef COLUMN
#undef MEMBER
#undef DEFAULT
#undef KEY
#undef CHECK
#undef INDEX
#undef POLICY
#undef TRIGGER
#undef GIVEN
#undef ONCE
#undef DERIVED
#undef STICKY
#undef MEASURED
#undef SHOWN
#undef SHOWN_AS
#undef COMPUTED
#undef ISOLATED
#undef OWNED
#undef KEY_OF_INTEGRATION
#undef AUDITED
#undef LOADED
#undef OF_INTEGRATION
#endif
