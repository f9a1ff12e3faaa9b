#pragma once

#include <vector>

#include "config/ini_reader.h"

namespace portcullis {

// The items of a list that is written over lines and with commas, each with its line. A comma at
// the end of a line is fine; between two commas there is an empty item, for the caller to refuse.
std::vector<IniPiece> split_list(const std::vector<IniPiece>& lines);

}  // namespace portcullis
