DROP TABLE extract_tags;
