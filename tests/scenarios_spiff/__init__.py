"""What the BPMN test suite of SpiffWorkflow checks, as scenarios of our own; docs/spiff-suite.md lists which is which.

Every situation is drawn anew, with its own words and ids; the outcome expected is the standard's.
"""
