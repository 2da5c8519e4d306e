// libpq, the reference client of PostgreSQL, as Debian's libpq-dev installs it.
#include <libpq-fe.h>
