#pragma once

#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "config/options.h"

namespace portcullis::testing {

// A policy with a section of every kind, in which `option` is set and everything else is right.
// `written` is what stands behind its key: " = 7", "=7", " =\n  7".
inline std::string policy_with_option(const Option& option, std::string_view written) {
  static const std::map<std::string_view, std::string_view> kRequired = {
      {"action", "deny"},      {"clients", "192.0.2.1"}, {"certificate", "/c.pem"},
      {"key", "/c.key"},       {"domains", "a.example"}, {"hosts", "mx.a.example"},
      {"source", "saslauthd"},
  };
  std::string text;
  for (const SectionForm& form : section_forms()) {
    text += fmt::format("[{}{}]\n", form.word, form.named ? " x" : "");
    if (form.kind == option.section) text += fmt::format("{}{}\n", option.name, written);
    for (const Option& other : options()) {
      if (other.section != form.kind || !other.required || &other == &option) continue;
      text += fmt::format("{} = {}\n", other.name, kRequired.at(other.name));
    }
  }
  return text;
}

}  // namespace portcullis::testing
