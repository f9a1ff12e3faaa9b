#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "contrib/mta_configuration.h"

namespace portcullis::testing {

// An MTA's configuration, with something that happens before one of its steps: what no policy can
// say, and the world can do.
class DisturbedConfiguration : public MtaConfiguration {
 public:
  explicit DisturbedConfiguration(std::unique_ptr<MtaConfiguration> mta) : mta_(std::move(mta)) {}

  const Diagnostics& findings() const override { return mta_->findings(); }
  std::vector<GeneratedFile> files() const override { return mta_->files(); }
  tl::expected<std::vector<MtaChange>, Diagnostics> changes() const override {
    return mta_->changes();
  }
  std::vector<std::string> edited_files() const override { return mta_->edited_files(); }
  tl::expected<void, Diagnostics> edit() const override { return mta_->edit(); }
  tl::expected<void, Diagnostics> rebuild() const override { return mta_->rebuild(); }
  Diagnostics obstacles() const override { return mta_->obstacles(); }
  Diagnostics lint() const override { return mta_->lint(); }
  bool running() const override { return mta_->running(); }
  tl::expected<void, Diagnostics> reload() const override {
    if (const auto disturb = std::exchange(before_reload, {})) disturb();
    return mta_->reload();
  }
  tl::expected<void, Diagnostics> restart() const override { return mta_->restart(); }
  std::vector<MtaEndpoint> endpoints() const override { return mta_->endpoints(); }
  std::vector<std::string> complaints() const override { return mta_->complaints(); }

  mutable std::function<void()> before_reload;

 private:
  std::unique_ptr<MtaConfiguration> mta_;
};

}  // namespace portcullis::testing
