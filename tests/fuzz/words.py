"""The words random diagrams are made of: tags, attributes, texts and ids of BPMN, right and wrong ones."""

TAGS = (
    "process", "subProcess", "transaction", "adHocSubProcess", "callActivity", "task", "userTask", "manualTask",
    "scriptTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask", "globalTask", "globalUserTask",
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
    "exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway", "eventBasedGateway", "sequenceFlow",
    "timerEventDefinition", "messageEventDefinition", "signalEventDefinition", "errorEventDefinition",
    "escalationEventDefinition", "conditionalEventDefinition", "compensateEventDefinition", "cancelEventDefinition",
    "terminateEventDefinition", "linkEventDefinition", "eventDefinitionRef", "timeDate", "timeDuration", "timeCycle",
    "standardLoopCharacteristics", "multiInstanceLoopCharacteristics", "loopCardinality", "loopCondition",
    "completionCondition", "loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem", "condition",
    "conditionExpression", "activationCondition", "script", "incoming", "outgoing", "laneSet", "lane", "flowNodeRef",
    "ioSpecification", "dataInput", "dataOutput", "inputSet", "outputSet", "dataInputAssociation", "sourceRef",
    "targetRef", "assignment", "from", "to", "dataObject", "dataObjectReference", "dataStoreReference", "property",
    "message", "signal", "error", "escalation", "itemDefinition", "interface", "operation", "inMessageRef",
    "collaboration", "participant", "messageFlow", "association", "textAnnotation", "documentation",
    "extensionElements", "correlationKey", "correlationSubscription", "import", "unheardOf",
)  # fmt: skip

ATTRIBUTES = (
    "id", "name", "sourceRef", "targetRef", "default", "attachedToRef", "cancelActivity", "isInterrupting",
    "triggeredByEvent", "isExecutable", "isSequential", "loopMaximum", "testBefore", "behavior", "startQuantity",
    "completionQuantity", "isForCompensation", "calledElement", "messageRef", "signalRef", "errorRef",
    "escalationRef", "activityRef", "waitForCompletion", "operationRef", "implementation", "instantiate",
    "eventGatewayType", "gatewayDirection", "parallelMultiple", "ordering", "cancelRemainingInstances",
    "oneBehaviorEventRef", "noneBehaviorEventRef", "itemSubjectRef", "isCollection", "structureRef", "errorCode",
    "escalationCode", "dataObjectRef", "processRef", "scriptFormat", "method", "link",
)  # fmt: skip

VALUES = (
    "", "0", "1", "2", "-1", "3.5", "99999999999999999999", "true", "false", "True", "None", "a b", "{}", "审批", "p",
    "unheard:of", "b:", "R3/PT1H", "PT0S", "PT1H", "P1D", "R/PT1S", "R/PT0S", "2026-03-02",
    "R2/2026-03-02T09:00:00/PT1H",
    "All", "None", "One", "Complex", "Sequential", "Parallel", "Exclusive", "Diverging", "n > 1", "n", "names", "[1]",
    "len(names)", "n = n + 1", "ran = 1\nn = n * n", "${n > 1}", "=n > 1", "True", "False", "1 / 0", "nothing", "n[",
    "loopCounter < 2", "nrOfCompletedInstances >= 1", "activationCount >= 1", "__import__('os')", "x" * 300,
)  # fmt: skip
"""Attribute values and texts; the ids of the diagram itself are drawn as well."""

START_VALUES = {"n": 2, "names": ["甲", "乙"], "area": 60, "ready": True, "text": "x"}
