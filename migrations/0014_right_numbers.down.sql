DROP FUNCTION etl_refusal, etl_answer_errors, etl_sentence;
