#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "config/daemon_settings.h"
#include "config/diagnostic.h"
#include "config/mta_settings.h"
#include "config/section_place.h"
#include "config/text_source.h"
#include "policy/policy.h"

namespace portcullis {

// A list file as it was read: what a reload compares with, to notice a list that shrank.
struct ListFileSummary {
  std::string class_name;
  std::string path;
  std::size_t entries = 0;
};

struct LoadOptions {
  // Entries that a class has twice are kept in EntryTable::repeated.
  bool keep_repeated = false;
};

// A policy file and all the lists it names, read, checked and compiled.
struct LoadedPolicy {
  DaemonSettings daemon;
  std::shared_ptr<const Policy> policy;
  std::vector<ListFileSummary> lists;
  std::vector<SectionPlace> listeners;  // by ListenerIndex
  std::vector<SectionPlace> classes;    // by ClassIndex
  MtaSettings mta;                      // what is delivered by the MTA's own configuration
  Diagnostics diagnostics;              // warnings only
};

// Reads the policy file at `path` and its lists, by `texts`: from the disk, or as they would be
// after an edit. Every error of all of them is reported at once; with one error nothing is loaded.
// Reads files, keeps nothing open; for any thread.
tl::expected<LoadedPolicy, Diagnostics> load_policy(const std::string& path,
                                                    const TextSource& texts = {},
                                                    const LoadOptions& options = {});

// Reads only the [daemon] section, and checks only that: what the daemon needs to know before it
// gives up root. Errors elsewhere in the file are load_policy()'s to report.
tl::expected<DaemonSettings, Diagnostics> load_daemon_settings(const std::string& path);

// Reads what the policy file says of the MTA, no list, and reports only what is wrong in its
// [certificate NAME] sections: a certificate is to be renewed however wrong the rest may be.
tl::expected<MtaSettings, Diagnostics> load_certificates(const std::string& path);

// The lists that a reload must not take as they are: those that had entries and have none now, and
// those that lost more than half. One error each, with the repair.
Diagnostics compare_lists(const std::vector<ListFileSummary>& before,
                          const std::vector<ListFileSummary>& after);

}  // namespace portcullis
