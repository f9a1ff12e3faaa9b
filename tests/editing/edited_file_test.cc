#include "editing/edited_file.h"
