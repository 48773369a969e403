import { Duration, Validations } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction, IVersion, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/**
 * New versions of the functions of a stack, each at first behind a tenth of its requests for five minutes. If the API
 * answers 5xx meanwhile, they are taken back, and with them the update of the stack.
 */
export class Canary extends Construct {
  readonly #application: LambdaApplication;
  readonly #role: Role;
  readonly #errors: IAlarm;

  constructor(scope: Construct, id: string, errors: IAlarm) {
    super(scope, id);
    this.#errors = errors;
    this.#application = new LambdaApplication(this, 'Application');
    this.#role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('codedeploy.amazonaws.com') });
    const policy = 'arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited';
    Validations.of(this.#role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM4[Policy::${policy}]`,
      reason:
        'AWS says that CodeDeploy needs this policy of its own, the smaller of two; only CodeDeploy has the role.',
    });
  }

  /** What requests go to instead of the function. */
  aliasOf(fn: LambdaFunction, id: string): IFunction {
    const version = fn.currentVersion as IVersion;
    const alias = new Alias(this, `${id}Alias`, { aliasName: 'serving', version });
    new LambdaDeploymentGroup(this, `${id}Deployment`, {
      application: this.#application,
      role: this.#role,
      alias,
      deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      alarms: [this.#errors],
    });
    return alias as IFunction;
  }
}

/**
 * What takes new versions back: by the API, because a function that fails answers 500 and throws nothing. It notifies
 * nobody: "API answers 5xx" does.
 */
export function canaryErrors(scope: Construct, id: string, apiId: string): Alarm {
  return new Alarm(scope, id, {
    alarmDescription: 'Takes back a new version that is being tried. It notifies nobody.',
    metric: new Metric({
      namespace: 'AWS/ApiGateway',
      metricName: '5xx',
      statistic: 'Sum',
      period: Duration.minutes(1),
      dimensionsMap: { ApiId: apiId },
    }),
    threshold: 3,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}
