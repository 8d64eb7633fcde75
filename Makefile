MAKEFLAGS += --warn-undefined-variables --no-print-directory
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# JDK 25: JAVA_HOME when it is one, else the usual folders.
JDK := $(shell for home in "$${JAVA_HOME:-}" /usr/lib/jvm/*25* /Library/Java/JavaVirtualMachines/*25*/Contents/Home "$$HOME"/.sdkman/candidates/java/25*; do \
  [ -x "$$home/bin/javac" ] && "$$home/bin/javac" -version 2>&1 | grep -qE '^javac (2[5-9]|[3-9][0-9])' && { echo "$$home"; break; }; done)
export JAVA_HOME = $(JDK)
MVN := mvn -B -ntp -q
# Netty uses what the JDK warns of; nothing that a reader can do anything about.
QUIET := --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
CLASSPATH_FILE := target/test-classpath
STAGES ?=
SCENARIO ?=
POINT ?=
SEED ?=
MINUTES ?= 5
WORDS_LEVEL ?= error
IMAGE := target/costexport-operator-image.tar
BASE ?=
TEST_CLASSPATH = target/test-classes:target/classes:$$(cat $(CLASSPATH_FILE))

.PHONY: help build package image reproducible release test slowest node-test chaos campaign format unit demo dashboard-picture simulator run figures figures-backfill figures-image bench soak crd pages manifests servers tools clients words clean prerequisites prometheus

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

demo: build servers ## a cluster, a simulated Azure and the operator on this machine: no account needed; DEMO_EXIT=1 ends by itself
	@exec $(JDK)/bin/java $(QUIET) -cp "$(TEST_CLASSPATH)" dev.finops.azure.demo.Demo

dashboard-picture: prometheus build servers ## draw docs/images/dashboard.svg from the dashboard's queries and a run of the demo's world: needs prometheus (7 minutes)
	@exec $(JDK)/bin/java $(QUIET) -cp "$(TEST_CLASSPATH)" dev.finops.azure.dashboard.Picture docs/images/dashboard.svg

test: prerequisites words servers tools clients target/costexport-operator ## everything that must pass, from nothing
	@status=0; mvn -B -ntp spotless:check verify || status=$$?; $(MAKE) slowest; exit $$status

slowest: ## the 20 slowest test classes of the last make test, in seconds
	@echo "The 20 slowest test classes, in seconds:"
	@grep -shoE '<testsuite [^>]* name="[^"]+" time="[^"]+"' target/*-reports/TEST-*.xml \
	  | sed -E 's/.* name="([^"]+)" time="([^"]+)"/\2 \1/' | tr -d , | sort -rn | head -20 | awk '{ printf "%8.1f  %s\n", $$1, $$2 }' || true

chaos: build servers ## kill the operator before and after each call of each scenario, and compare the ends (15 minutes)
	@exec $(JDK)/bin/java $(QUIET) -cp "$(TEST_CLASSPATH)" dev.finops.azure.chaos.CrashPoints $(SCENARIO) $(if $(POINT),"$(POINT)")

campaign: build servers ## two operators through MINUTES of random faults; SEED=… has the ones of an earlier campaign again
	@exec $(JDK)/bin/java $(QUIET) -cp "$(TEST_CLASSPATH)" dev.finops.azure.chaos.Campaign $(MINUTES) $(SEED)

format: prerequisites ## format the Java code, as make test wants it
	@$(MVN) spotless:apply

unit: prerequisites ## the tests that need no servers
	@mvn -B -ntp test

build: package ## the operator: target/costexport-operator.jar, target/lib/, target/costexport-operator with its AOT cache
	@$(MAKE) -s target/costexport-operator.aot

package: prerequisites
	@echo "build: the operator" && $(MVN) package -DskipTests

target/costexport-operator: src/main/launcher/costexport-operator src/main/launcher/costexport-operator.jvm
	@install -D -m 644 -t target src/main/launcher/costexport-operator.jvm && install -m 755 $< $@

# A short life of the operator in which the JVM learns its classes; without it the operator starts in twice the time.
target/costexport-operator.aot: target/costexport-operator.jar target/costexport-operator $(CLASSPATH_FILE)
	@echo "build: the AOT cache" && $(JDK)/bin/java $(QUIET) -cp "$(TEST_CLASSPATH)" dev.finops.azure.launcher.Training target/costexport-operator $@ \
	  >target/training.log 2>&1 || { tail -20 target/training.log >&2; exit 1; }

image: package ## the operator as an OCI image: target/costexport-operator-image.tar; BASE=… puts it on a base image of yours
	@rm -f $(IMAGE) && $(MAKE) -s $(IMAGE)

$(IMAGE): target/costexport-operator.jar src/main/launcher/costexport-operator.jvm $(CLASSPATH_FILE)
	@echo "build: the image" && mkdir -p target/image && $(JDK)/bin/java $(QUIET) -cp "$(TEST_CLASSPATH)" dev.finops.azure.image.Image $@ $(BASE) \
	  >target/image/log 2>&1 || { tail -20 target/image/log >&2; exit 1; }
	@grep '^image:' target/image/log

release: tools ## what is released: target/release/ with SHA256SUMS, the same bytes from the same sources but for the AOT cache
	@$(MAKE) -s clean image && src/test/tools/release target/release $(IMAGE) && cat target/release/SHA256SUMS

run: build ## the operator against the current kubeconfig
	@exec target/costexport-operator

simulator: build ## the simulated Azure alone, for people who try things by hand
	@exec $(JDK)/bin/java $(QUIET) -cp "$(TEST_CLASSPATH)" dev.finops.azure.simulator.SimulatorMain --log

figures: build servers ## measure latency, calls, memory and start-up on this machine (2 minutes)
	@exec $(JDK)/bin/java $(QUIET) -cp "$(TEST_CLASSPATH)" dev.finops.azure.bench.Figures

figures-backfill: build servers ## measure backfills of 12 and 84 months, also with kill -9 every few seconds (25 minutes)
	@exec $(JDK)/bin/java $(QUIET) -cp "$(TEST_CLASSPATH)" dev.finops.azure.bench.BackfillFigures

figures-image: package servers ## measure the image in a container of 1 CPU and 256 MB: needs podman, runc and root (2 minutes)
	@exec $(JDK)/bin/java $(QUIET) -cp "$(TEST_CLASSPATH)" dev.finops.azure.bench.ImageFigures

node-test: package servers tools ## the chart and the image on a real one-node cluster: needs root, containerd, runc, CNI plugins (3 minutes, the first time 5)
	@src/test/servers/build node >/dev/null && $(MAKE) -s $(CLASSPATH_FILE) $(IMAGE)
	@src/test/servers/isolated $(JDK)/bin/java $(QUIET) -cp "$(TEST_CLASSPATH)" dev.finops.azure.node.Rollout

reproducible: ## build the image twice from nothing and compare: only the layer with the AOT cache may differ
	@built=$$(mktemp -d); for time in one two; do $(MAKE) clean image | grep '^image: ' | tee $$built/$$time; done; \
	  diff <(grep -v -e ' cache ' -e '$(IMAGE)' $$built/one) <(grep -v -e ' cache ' -e '$(IMAGE)' $$built/two); \
	  echo "image: twice the same, but for the AOT cache"; rm -r $$built

bench: build servers ## measure up to 10,000 CostExports beside a baseline (half an hour; STAGES="many quota" for some, all write docs/reference/benchmark.md)
	@exec $(JDK)/bin/java $(QUIET) -cp "$(TEST_CLASSPATH)" dev.finops.azure.bench.Bench $(STAGES)

soak: build servers ## let an operator live through DAYS of Azure's time, three weeks of them by default, and see what grows: docs/reference/soak.md (16 minutes)
	@exec $(JDK)/bin/java $(QUIET) -cp "$(TEST_CLASSPATH)" dev.finops.azure.soak.Soak $(DAYS)

crd: prerequisites ## write crds/ anew from the Java types
	@$(MVN) test -Dtest=CrdIsCurrentTest -Dcrd.write=true

pages: prerequisites ## write the generated pages of docs/ anew
	@$(MVN) test -Dtest='AzureErrorsPageTest,CostExportPageTest,EvidenceTest' -Dpages.write=true

servers: ## build the servers that the tests and the demo use (once, about 7 minutes, cached outside this folder)
	@src/test/servers/build >/dev/null

manifests: ## write the chart's CRD and README and deploy/ anew, from crds/ and the chart
	@src/test/tools/manifests

tools: ## build the tools that check the chart (once, about 4 minutes, cached outside this folder)
	@src/test/tools/build >/dev/null

clients: ## install the foreign clients that the tests run (once, about 1 minute, cached outside this folder): needs Python 3.11 and npm
	@src/test/clients/build >/dev/null

words: ## check the words of the pages with Vale (the first time about 1 minute, cached outside this folder): needs Go 1.26 and gcc
	@WORDS_LEVEL=$(WORDS_LEVEL) src/test/words/check

clean: ## remove what was built here
	@rm -rf target

$(CLASSPATH_FILE): pom.xml
	@$(MVN) dependency:build-classpath -Dmdep.outputFile=$@

prerequisites:
	@[ -n "$(JDK)" ] || { echo "JDK 25 is missing: install one, or point JAVA_HOME at it" >&2; exit 1; }
	@command -v mvn >/dev/null || { echo "Maven is missing: install Maven 3.8 or later" >&2; exit 1; }

prometheus:
	@command -v prometheus >/dev/null || { echo "Prometheus is missing: install Prometheus 2.40 or later" >&2; exit 1; }
