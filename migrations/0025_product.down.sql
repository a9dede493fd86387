-- Back: the name of an integration tells its product.

DROP TRIGGER product_of_name ON integrations;
DROP FUNCTION etl_product_of_name(), etl_product(TEXT);
ALTER TABLE integrations DROP COLUMN product;
