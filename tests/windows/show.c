/* The command that `runkey use` runs in the tests: prints its arguments and its environment. */

#include <stdio.h>

int main(int count, char **arguments, char **environment) {
  for (int i = 1; i < count; i++) printf("argument %s\n", arguments[i]);
  for (; *environment; environment++) printf("variable %s\n", *environment);
  return 0;
}
