#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/listener.h"

namespace portcullis {

// A setting of a listener that has another value: as portcullis.conf(5) names and writes it.
struct SettingChange {
  std::string listener;
  std::string_view setting;
  std::string was;
  std::string is;
};

// The settings in which two listeners differ, but for the name, in the order of portcullis.conf(5).
std::vector<SettingChange> listener_changes(const Listener& before, const Listener& after);

}  // namespace portcullis
