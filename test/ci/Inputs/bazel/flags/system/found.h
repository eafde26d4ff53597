#define FOUND
