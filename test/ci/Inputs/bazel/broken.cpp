int broken = missing;
