#include "lint/mta_service.h"
